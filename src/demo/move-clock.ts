/** Moving a demo's clock, which is the only one that jumps while work is under way. */
import { Logger } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { QuestionnaireRound } from '../complaints/questionnaire-round.js';
import { MattersUpkeep } from '../complaints/upkeep.js';
import { ContentsUpkeep } from '../contents/upkeep.js';
import { DigestPublisher } from '../digests/publisher.js';

type App = Pick<ModuleRef, 'get'>;

const logger = new Logger('Demo');

/**
 * Moves the clock when no digests are being taken: they say when that began, and appended days later they would read as if
 * the clock had gone back. @param move must be synchronous
 */
export async function moveClock(app: App, move: () => void): Promise<void> {
  await app.get(DigestPublisher, { strict: false }).rest();
  move();
}

/**
 * As `moveClock`, for who watches: what a city does every hour is done at once, since no hour of hers will pass. What fails
 * is done by the next hour of the computer.
 */
export async function moveClockByHand(app: App, move: () => void): Promise<void> {
  await moveClock(app, move);
  for (const work of [MattersUpkeep, QuestionnaireRound, ContentsUpkeep]) {
    try {
      await app.get<{ round(): Promise<void> }>(work, { strict: false }).round();
    } catch (error) {
      logger.warn(`${work.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
