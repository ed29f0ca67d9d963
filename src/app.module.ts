/** The whole application: the platform, staff, what all addresses share, and the rooms. */
import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { BallotsModule } from './ballots/ballots.module.js';
import { CategoriesModule } from './categories/categories.module.js';
import { CityModule } from './city/city.module.js';
import { ComplaintsModule } from './complaints/complaints.module.js';
import { ContentsModule } from './contents/contents.module.js';
import { DeskModule } from './desk/desk.module.js';
import { DigestsModule } from './digests/digests.module.js';
import { ElectionsModule } from './elections/elections.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { LogModule } from './log/log.module.js';
import { MailModule } from './mail/mail.module.js';
import { MapModule } from './map/map.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { Open311Module } from './open311/open311.module.js';
import { NumbersModule } from './numbers/numbers.module.js';
import { PabulibModule } from './pabulib/pabulib.module.js';
import { PhotosModule } from './photos/photos.module.js';
import { PlatformModule, type Platform } from './platform.module.js';
import { RestModule } from './rest/rest.module.js';
import type { StaffSetting } from './settings.js';
import { StaffModule } from './staff/staff.module.js';
import { WebModule } from './web/web.module.js';

/** One for each capability. */
const rooms: NonNullable<ModuleMetadata['imports']> = [
  ContentsModule,
  PhotosModule,
  CityModule,
  CategoriesModule,
  ComplaintsModule,
  DeskModule,
  MapModule,
  NumbersModule,
  Open311Module,
  ElectionsModule,
  BallotsModule,
  LogModule,
  LedgerModule,
  DigestsModule,
  MetricsModule,
  PabulibModule,
  WebModule,
];

export interface AppParts {
  readonly platform: Platform;
  readonly staff: readonly StaffSetting[];
  /** Modules beside the rooms, such as a demo's. */
  readonly more?: NonNullable<ModuleMetadata['imports']>;
}

@Module({})
export class AppModule {
  static register({ platform, staff, more = [] }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.register(platform),
        StaffModule.register(staff),
        RestModule,
        MailModule,
        ...rooms,
        ...more,
      ],
    };
  }
}
