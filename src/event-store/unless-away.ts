/** What engines make of a PostgreSQL that is away: what the port says of it. */
import { isUnavailable } from '../postgres/unavailable.js';
import { EngineUnavailable } from './event-store.js';

/** @throws EngineUnavailable; what the query rejects with where the query is at fault */
export async function unlessAway<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw isUnavailable(error) ? new EngineUnavailable(error) : error;
  }
}
