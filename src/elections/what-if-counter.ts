/** Holds the ballots of one election, opened and grouped, and counts them under one ruleset after another. */
import { BallotBox, openAll } from '../../projections/ballot-box.js';
import { areaBallots, inputDigest, readSheets } from '../../projections/counted-ballots.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type RecordedEvent } from '../../projections/event.js';
import { groupBallots } from '../../projections/tally/ballots.js';
import type { OutcomeJson } from '../../projections/tally/outcome.js';
import type { Ruleset } from '../../projections/tally/rules.js';
import { TooHard } from '../../projections/tally/too-hard.js';
import { whatIf, type AreaCounted } from '../../projections/what-if.js';

/** In this order: an election, its log page by page, the end of the log, rulesets. */
export type Told =
  | { do: 'begin'; electionId: string }
  | { do: 'read'; page: readonly RecordedEvent[] }
  | { do: 'open'; inputDigest: string }
  | { do: 'count'; ruleset: Ruleset; official: ReadonlyMap<string, OutcomeJson> };

/** What a ruleset comes to, `too-hard` where its rule gives up; nothing where nothing was asked. */
export type Answered = ReturnType<typeof whatIf> | 'too-hard' | undefined;

export class WhatIfCounter {
  #box: BallotBox | undefined;
  #areas: readonly AreaCounted[] = [];

  constructor(private readonly crypto: Crypto) {}

  /** @throws Error for a damaged log, or one whose ballots are not those of the official count */
  tell(told: Told): Answered {
    switch (told.do) {
      case 'begin':
        this.#areas = [];
        this.#box = new BallotBox(told.electionId);
        return undefined;
      case 'read':
        for (const recorded of told.page) this.#box?.apply(openEvent(this.crypto, recorded));
        return undefined;
      case 'open':
        this.#open(told.inputDigest);
        return undefined;
      case 'count':
        try {
          return whatIf(this.#areas, told.ruleset, told.official);
        } catch (error) {
          if (error instanceof TooHard) return error.code;
          throw error;
        }
    }
  }

  #open(expected: string): void {
    const box = this.#box;
    if (box === undefined) throw new Error('No log was read');
    const standing = box.standingBallots();
    const { counted } = box.read(standing, openAll(this.crypto, box, standing));
    const sheets = readSheets(this.crypto, box).counted;
    if (inputDigest(this.crypto, counted, sheets) !== expected) {
      throw new Error('These are not the ballots of the official count');
    }
    this.#areas = [...areaBallots(box, counted, sheets)].map(({ web, paper, ...area }) => ({
      ...area,
      ballots: groupBallots([...web, ...paper]),
    }));
    // The groups are all that is needed, and far smaller.
    this.#box = undefined;
  }
}
