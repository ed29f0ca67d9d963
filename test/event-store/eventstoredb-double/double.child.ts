/** The double as a process: prints in one line of JSON where it is and where it is controlled, and ends at SIGTERM. */
import { EventStoreDbDouble, type DoubleOptions } from './double.js';
import { serveControl, type Ready } from './remote.js';

const double = await EventStoreDbDouble.start(JSON.parse(process.argv[2] ?? '{}') as DoubleOptions);
const { port } = await serveControl(double);
const { url, ports } = double;
console.log(JSON.stringify({ url, ports, control: port } satisfies Ready));
process.once('SIGTERM', () => process.exit(0));
