/** Moving a demo's clock, which is the only one that jumps while work is under way. */
import type { ModuleRef } from '@nestjs/core';
import { DigestPublisher } from '../digests/publisher.js';

/**
 * Moves the clock when no digests are being taken: they say when that began, and appended days later they would read as if
 * the clock had gone back. @param move must be synchronous
 */
export async function moveClock(app: Pick<ModuleRef, 'get'>, move: () => void): Promise<void> {
  await app.get(DigestPublisher, { strict: false }).rest();
  move();
}
