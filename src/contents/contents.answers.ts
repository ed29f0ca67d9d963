/** Words by language, as answers hold them. */
import { Type } from 'typebox';

export const Words = Type.Record(Type.String({ pattern: '^[a-z]{2,3}$' }), Type.String());
