/** Counts ballots under other rulesets beside the server: a ruleset that takes long keeps nobody waiting but who asked. */
import { parentPort } from 'node:worker_threads';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { WhatIfCounter, type Told } from './what-if-counter.js';

const counter = new WhatIfCounter(nodeCrypto);
parentPort?.on('message', (told: Told) => parentPort?.postMessage(counter.tell(told)));
