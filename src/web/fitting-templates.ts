/** Which templates are offered for a matter, and what one of them puts into which form. */
import { Inject, Injectable } from '@nestjs/common';
import type { WholeMatter } from '../complaints/whole-matters.js';
import { ReplyNames } from '../desk/reply-names.js';
import { isFor, ReplyTemplates, type ReplyTemplate } from '../desk/reply-templates.js';
import { filledIn } from '../desk/reply-words.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import { LANGUAGES } from './languages.js';
import type { Prefilled } from './staff-matter.page.js';

@Injectable()
export class FittingTemplates {
  constructor(
    @Inject(ReplyTemplates) private readonly all: ReplyTemplates,
    @Inject(ReplyNames) private readonly names: ReplyNames,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
  ) {}

  /** @param chosen the id of a template, or nothing */
  async of(
    matter: WholeMatter,
    chosen: string,
  ): Promise<{ templates: ReplyTemplate[]; prefilled: Prefilled | undefined }> {
    const [all, { categories, states }] = await Promise.all([this.all.all(), this.rules.now()]);
    const templates = all.filter((one) => isFor(one, matter.category, categories));
    const template = templates.find(({ templateId }) => templateId === chosen);
    if (template === undefined) return { templates, prefilled: undefined };
    const valuesOf = await this.names.read();
    const { words } = filledIn(template.words, (language) => valuesOf(matter, language));
    const { state } = template;
    // What leads to an open state is said while the work goes on; an answer ends the clock.
    const moves =
      state !== undefined && states.get(state)?.kind === 'open' && matter.row.stateKind === 'open';
    const fields = {
      ...(state !== undefined && { state }),
      ...Object.fromEntries(
        LANGUAGES.flatMap((each) => (words[each] === undefined ? [] : [[`words-${each}`, words[each]]])),
      ),
    };
    const act = moves ? 'move' : 'answer';
    return { templates, prefilled: { act, template: template.templateId, fields } };
  }
}
