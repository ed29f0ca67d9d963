/** Fetches the bundle of this site beside the page. Only this worker may ask anything of the site, and it is told nothing. */

export type BundleTold =
  /** Bytes that came, and of how many where the site says so. */
  | { readonly received: number; readonly of: number | undefined }
  | { readonly bundle: Blob }
  /** A code. */
  | { readonly broke: string };

/** Pieces are put together in so many bytes, which a browser may then keep on the disk. */
const PIECE_BYTES = 8_000_000;

async function fetched(): Promise<BundleTold> {
  const answer = await fetch('/log/bundle.tar', { credentials: 'omit' });
  if (!answer.ok) return { broke: await codeOf(answer) };
  // Where it comes compressed the length is that of something else.
  const length =
    answer.headers.get('content-encoding') === null ? answer.headers.get('content-length') : null;
  const of = length === null ? undefined : Number(length);
  const blobs: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let inChunks = 0;
  let received = 0;
  const reader = answer.body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    chunks.push(read.value);
    inChunks += read.value.length;
    received += read.value.length;
    postMessage({ received, of } satisfies BundleTold);
    if (inChunks < PIECE_BYTES) continue;
    blobs.push(new Blob(chunks));
    [chunks, inChunks] = [[], 0];
  }
  return { bundle: new Blob([...blobs, ...chunks]) };
}

async function codeOf(answer: Response): Promise<string> {
  const { code } = (await answer.json().catch(() => ({}))) as { code?: unknown };
  return typeof code === 'string' ? code : String(answer.status);
}

onmessage = () => {
  fetched().then(
    (told) => postMessage(told),
    () => postMessage({ broke: 'site-unreachable' } satisfies BundleTold),
  );
};
