/** The log for everybody, and what was folded from it at any time. */
import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { ViewsController } from './views.controller.js';

@Module({ controllers: [EventsController, ViewsController] })
export class LogModule {}
