/** The engine on the double; with EVENTSTORE_TEST_URL set, on a real server. */
import { eventStoreContract } from './contract.js';
import { newLog } from './eventstoredb-log.js';

eventStoreContract('eventstoredb', () => newLog());
