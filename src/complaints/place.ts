/** The exact place of a matter, as the content holds it: JSON `{"lat", "lon", "address"?}`, in microdegrees. Pure. */
import { utf8 } from '../../projections/bytes.js';

export interface Place {
  /** Integer microdegrees, WGS 84. */
  readonly lat: number;
  readonly lon: number;
  readonly address?: string;
}

const decoder = new TextDecoder();

export function placeBytes({ lat, lon, address }: Place): Uint8Array {
  return utf8(JSON.stringify({ lat, lon, ...(address !== undefined && { address }) }));
}

/** @param bytes that `placeBytes` made: their commitment was verified */
export function placeIn(bytes: Uint8Array): Place {
  return JSON.parse(decoder.decode(bytes)) as Place;
}
