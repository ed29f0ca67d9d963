/** Two processes on a database, of which one does what is done for all matters. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { StandingWork } from '../../src/complaints/standing-work.js';
import { Rounds } from '../../src/rounds.js';
import { until, World } from '../views/world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

function process() {
  const made = { rounds: 0 };
  const rounds = new Rounds(
    () => {
      made.rounds += 1;
      return Promise.resolve();
    },
    (why) => {
      throw new Error(why);
    },
  );
  const options = { pollMs: 20, warn: () => undefined };
  return { made, standing: new StandingWork(world.newPool(), [rounds], options) };
}

it('is done by one process, and by the other once that ends', async () => {
  const [first, second] = [process(), process()];
  first.standing.start();
  await until('the first works', () => first.made.rounds === 1);
  second.standing.start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([first.standing.state, second.standing.state]).toEqual(['active', 'standby']);
  expect(second.made.rounds).toBe(0);
  await first.standing.stop();
  await until('the second works', () => second.made.rounds === 1);
  await second.standing.stop();
  // Whoever has stopped may begin again.
  first.standing.start();
  await until('the first works again', () => first.made.rounds === 2);
  await first.standing.stop();
});
