/** Photos of a form are made small before they are sent: what a phone takes is larger than what is kept. Where it fails, they go as they are. */

/** Of the longer side; pixels. */
const MOST_PIXELS = 2_048;
const QUALITY = 0.85;
/** What is smaller goes as it is. */
const SMALL_BYTES = 1_000_000;

export function shrinkPhotos(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type=file][name=photo]');
  if (input === null) return;
  let shrinking: Promise<void> | undefined;
  input.addEventListener('change', () => {
    const chosen = [...(input.files ?? [])];
    const mine = Promise.all(chosen.map(small)).then((photos) => {
      // Others were chosen meanwhile.
      if (shrinking !== mine) return;
      shrinking = undefined;
      const all = new DataTransfer();
      for (const photo of photos) all.items.add(photo);
      input.files = all.files;
    });
    shrinking = mine;
  });
  form.addEventListener('submit', (event) => {
    if (shrinking === undefined) return;
    event.preventDefault();
    const { submitter } = event;
    void shrinking.then(() => form.requestSubmit(submitter));
  });
}

async function small(photo: File): Promise<File> {
  if (photo.size <= SMALL_BYTES) return photo;
  try {
    const picture = await createImageBitmap(photo);
    const factor = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * factor);
    canvas.height = Math.round(picture.height * factor);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
    return jpeg === null || jpeg.size >= photo.size
      ? photo
      : new File([jpeg], 'photo.jpg', { type: 'image/jpeg' });
  } catch {
    return photo;
  }
}
