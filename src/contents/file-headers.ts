/** With which headers files are served that somebody uploaded. */
import { toBase64url } from '../../projections/bytes.js';
import type { Content } from './contents.js';

/** They must not run as a page of this site, whatever their bytes are. `name` has no extension. */
export function safeHeaders(name: string, mediaType: string): Record<string, string> {
  const disposition = mediaType.startsWith('image/') ? 'inline' : 'attachment';
  const extension = mediaType.split('/')[1] ?? 'bin';
  return {
    'content-type': mediaType,
    'content-disposition': `${disposition}; filename="${name}.${extension}"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  };
}

/** With what anybody checks the commitment. */
export function fileHeaders({ id, mediaType, commitment, salt }: Content): Record<string, string> {
  return {
    ...safeHeaders(id, mediaType),
    'concejo-commitment': commitment,
    'concejo-salt': toBase64url(salt),
  };
}
