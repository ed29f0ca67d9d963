/** A page as a whole document. */
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

export const HTML = 'text/html; charset=utf-8';

/** @param page a component without state: a function of its data alone */
export function document<Props>(page: (props: Props) => VNode, props: Props): string {
  return `<!doctype html>\n${renderToString(page(props))}`;
}

/** A piece of a page, for a script to put in its place. */
export function fragment<Props>(piece: (props: Props) => VNode, props: Props): string {
  return renderToString(piece(props));
}
