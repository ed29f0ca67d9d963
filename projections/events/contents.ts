/**
 * The public life of a text or file that lies outside the log. Stream `content-<contentId>`. A content that was never
 * released may be erased, never hidden; one that is hidden may be released again; one that is erased stays so.
 */
import { Bytes32, Code, eventType, Uuid } from './schema.js';

/** Shown to everybody from here on. */
export const ContentReleased = eventType('ContentReleased', 1, { contentId: Uuid, commitment: Bytes32 });
/** No longer shown, and kept. */
export const ContentHidden = eventType('ContentHidden', 1, { contentId: Uuid, reason: Code });
/** Bytes and salt are deleted; `basis` names the legal ground. */
export const ContentErased = eventType('ContentErased', 1, { contentId: Uuid, basis: Code });
