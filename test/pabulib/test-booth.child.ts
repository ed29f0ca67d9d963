/** Says how many workers a booth has started: before anything is to be made, for nobody, and for somebody. */
import { toBase64url } from '../../projections/bytes.js';
import { TestBooth } from '../../src/pabulib/test-booth.js';

let workers = 0;
process.on('worker', () => (workers += 1));

const idle = new TestBooth('a file');
await idle.keys([]);
await idle.close();
console.log(`idle ${workers}`);

const booth = new TestBooth('a file');
const keys = [...(await booth.keys(['ana'])), ...(await booth.keys(['bea']))];
await booth.close();
console.log(`busy ${workers} ${keys.map(toBase64url).join(' ')}`);
