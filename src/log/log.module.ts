/** The log for everybody, and what was folded from it at any time. */
import { Module } from '@nestjs/common';
import { RestModule } from '../rest/rest.module.js';
import { EventsController } from './events.controller.js';
import { ViewsController } from './views.controller.js';

@Module({ imports: [RestModule], controllers: [EventsController, ViewsController] })
export class LogModule {}
