/**
 * `concejo/audit`: the auditor for other programs. What stands here keeps its shape between versions of the package;
 * `docs/auditing.md` shows how it is used. Of the server nothing is loaded.
 */
export { auditBundle, type BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
export { Audit, type AuditOptions } from '../../projections/audit/audit.js';
export { bulkOf, type Bulk } from '../../projections/audit/bulk.js';
export type {
  AuditedLog,
  CheckReport,
  Conclusion,
  Finding,
  PolicyUsed,
  Report,
  Verdict,
} from '../../projections/audit/report.js';
export type { Signed } from '../../projections/ballot.js';
export type { Crypto } from '../../projections/crypto.js';
export type { SealedBytes } from '../../projections/sealing.js';
export { nodeCrypto } from '../crypto/node-crypto.js';
export { Checking } from './checking.js';
