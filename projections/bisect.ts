/** Looking something up in what is in order, with a look at few places of many. */

/** How many of `length` places hold, where those that do come before all that do not. */
export function leading(length: number, holds: (place: number) => boolean): number {
  let [first, end] = [0, length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (holds(middle)) first = middle + 1;
    else end = middle;
  }
  return first;
}
