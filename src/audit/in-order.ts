/** Work on many things, a few at a time, whose results come in the order of the things. */
export async function* inOrder<T, R>(
  things: Iterable<T>,
  atOnce: number,
  work: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  const begin = (thing: T) => {
    const result = work(thing);
    // Whoever takes it sees why it failed. One that nobody takes any more may fail.
    result.catch(() => undefined);
    begun.push(result);
  };
  for (const thing of things) {
    begin(thing);
    if (begun.length >= atOnce) yield await (begun.shift() as Promise<R>);
  }
  for (const result of begun) yield await result;
}
