/** Answers questions on standard input with the server's cryptography, in a process in which libsodium is not there. */
import { readFileSync } from 'node:fs';
import { toHex } from '../../projections/bytes.js';
import { boxSeal } from '../../src/crypto/boxes.js';
import { nodeCrypto, sign, signingKeyPair } from '../../src/crypto/node-crypto.js';
import { sodium } from '../../src/crypto/sodium.js';

/** All in hex. */
export interface Questions {
  readonly keys: readonly string[];
  readonly seed: string;
  readonly other: string;
  readonly nonce: string;
  readonly message: string;
}

export interface Answers {
  readonly sodium: boolean;
  readonly keys: readonly boolean[];
  readonly publicKey: string;
  readonly signature: string;
  readonly boxKey: string;
  readonly box: string;
  readonly opened: string;
}

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const asked = JSON.parse(readFileSync(0, 'utf8')) as Questions;
const seed = hex(asked.seed);
const other = hex(asked.other);
const nonce = hex(asked.nonce);
const message = hex(asked.message);
const pair = signingKeyPair(seed);
const boxKey = nodeCrypto.boxPublicKey(seed);
const box = boxSeal(message, nonce, nodeCrypto.boxPublicKey(other), seed);
const answers: Answers = {
  sodium: sodium !== undefined,
  keys: asked.keys.map((key) => nodeCrypto.isKey(hex(key))),
  publicKey: toHex(pair.publicKey),
  signature: toHex(sign(message, pair.secretKey)),
  boxKey: toHex(boxKey),
  box: toHex(box),
  opened: toHex(nodeCrypto.boxOpen(box, nonce, boxKey, other) ?? new Uint8Array()),
};
process.stdout.write(JSON.stringify(answers));
