/**
 * The whole of Open311 GeoReport v2, its discovery and mySociety's updates, as checks that any started server can be asked.
 * Each is asked in XML and in JSON, and fails by throwing what it found.
 * @see https://wiki.open311.org/GeoReport_v2/
 */
import { discoveryChecks } from './checks/discovery.js';
import { filingChecks } from './checks/filing.js';
import { listingChecks } from './checks/listing.js';
import { updateChecks } from './checks/updates.js';
import type { Format } from './client/georeport.js';
import { Probe, type Check, type City } from './probe.js';

const CHECKS = { ...discoveryChecks, ...filingChecks, ...listingChecks, ...updateChecks };

/** Of every check, without its format. */
export const CHECK_NAMES: readonly string[] = Object.keys(CHECKS);

export function conformance(city: City, formats: readonly Format[] = ['xml', 'json']): readonly Check[] {
  return formats.flatMap((format) => {
    const probe = new Probe(city, format);
    return Object.entries(CHECKS).map(([name, check]) => ({
      name: `${name} (${format})`,
      run: () => check(probe),
    }));
  });
}

/** What does not hold, one line each; empty: the server conforms. */
export async function failures(checks: readonly Check[]): Promise<string[]> {
  const found: string[] = [];
  for (const check of checks) {
    try {
      await check.run();
    } catch (error) {
      found.push(`${check.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}
