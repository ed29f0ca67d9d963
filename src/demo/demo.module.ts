/** A demo beside the rooms. Global, so that pages can say that they are one. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DemoController } from './demo.controller.js';
import { DEMO, type Demo } from '../demo-site.js';

@Global()
@Module({})
export class DemoModule {
  /** Without a demo: nothing but the word that there is none. */
  static register(demo: Demo | undefined): DynamicModule {
    return {
      module: DemoModule,
      controllers: demo === undefined ? [] : [DemoController],
      providers: [{ provide: DEMO, useValue: demo }],
      exports: [DEMO],
    };
  }
}
