/** What every COPY in the binary format begins with. @see https://www.postgresql.org/docs/current/sql-copy.html */
export const COPY_SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
