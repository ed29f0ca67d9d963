/** The table of previews. Whether one is shown is decided as for its photo, by the log; an erasure of the photo takes it along. */
import type { Pool } from 'pg';

export class Previews {
  constructor(private readonly pool: Pool) {}

  async add(photoId: string, bytes: Uint8Array): Promise<void> {
    await this.pool.query('insert into photo_previews (photo_id, bytes) values ($1, $2)', [photoId, bytes]);
  }

  /** A JPEG; `undefined` for what is no photo, or was erased. */
  async read(photoId: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.pool.query<{ bytes: Buffer }>(
      'select bytes from photo_previews where photo_id = $1',
      [photoId],
    );
    return rows[0]?.bytes;
  }
}
