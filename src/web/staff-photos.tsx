/** Photos of a matter for staff, public or not, and which of them are released with it. */
import { isShown } from '../../projections/matter.js';
import type { WholeMatter } from '../complaints/whole-matters.js';
import { photosOf } from '../desk/staff-photos.queries.js';
import { DESK_WORDS } from './desk-words.js';
import { FieldGroup } from './form-field.js';
import type { Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';

interface StaffPhotosProps {
  frame: Frame;
  matter: WholeMatter;
}

/** Where staff alone is served a photo of a matter. */
export function staffPhotoAddress(matterId: string, photo: string): string {
  return `/api/v1/matters/${matterId}/photos/${photo}`;
}

export function StaffPhotos({ frame, matter }: StaffPhotosProps) {
  const { photos: words } = DESK_WORDS[frame.language];
  const { matterId, row } = matter;
  const all = photosOf(matter);
  if (all.length === 0) return null;
  const released = isShown(row) ? (row.photos ?? []).map(({ id }) => id) : [];
  return (
    <section class="screen-only">
      <h2 id="photos">{words.title}</h2>
      <p>{words.say}</p>
      <ul class="photos">
        {all.map((photo, index) => (
          <li key={photo}>
            <a href={staffPhotoAddress(matterId, photo)}>
              <Preview frame={frame} matterId={matterId} all={all} index={index} />
            </a>
            <p class="small">{released.includes(photo) ? words.isPublic : words.isNotPublic}</p>
            <p>
              <a
                href={`/staff/matters/${matterId}/photos/${photo}`}
                aria-label={words.coverOf(frame.format.number(index + 1))}
              >
                {words.cover}
              </a>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** In the form of the release: a tick for each that came with the filing. */
export function ReleasePhotos({ frame, matter, ticked }: StaffPhotosProps & { ticked: readonly string[] }) {
  const { photos: words } = DESK_WORDS[frame.language];
  const { matterId, filedPhotos } = matter;
  if (filedPhotos.length === 0) return null;
  return (
    <FieldGroup id="release-photos" label={words.choose} hint={words.chooseSay}>
      {filedPhotos.map((photo, index) => (
        <label key={photo} class="tick">
          <input type="checkbox" name={`photo-${photo}`} value="1" checked={ticked.includes(photo)} />{' '}
          <Preview frame={frame} matterId={matterId} all={filedPhotos} index={index} />
        </label>
      ))}
    </FieldGroup>
  );
}

function Preview({
  frame: { language, format },
  matterId,
  all,
  index,
}: {
  frame: Frame;
  matterId: string;
  all: readonly string[];
  index: number;
}) {
  const name = MATTER_WORDS[language].photo(format.number(index + 1), format.number(all.length));
  return <img src={`${staffPhotoAddress(matterId, all[index] ?? '')}/preview`} alt={name} loading="lazy" />;
}
