/** The pages on which staff answers many matters with one reply (role listener). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswerMatters, PreviewBulkAnswer } from '../desk/bulk-answers.commands.js';
import type { BulkReply, PlannedAnswer } from '../desk/bulk-answers.js';
import { ReplyTemplates, type ReplyTemplate } from '../desk/reply-templates.js';
import { assertListens } from '../desk/staff-access.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { BulkPage, BulkResultPage } from './bulk.page.js';
import { fieldsOf, idIn, textOf, textsIn, valuesOf, type Parameters } from './page-forms.js';
import { Frames } from './frames.js';
import { LANGUAGES } from './languages.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { queueAddress } from './queue-place.js';
import { document, HTML } from './render.js';

/** Where neither template nor staff says it. */
const USUAL_STATE = 'answered';

@ApiExcludeController()
@Controller('staff/matters/answers')
export class BulkPagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(ReplyTemplates) private readonly templates: ReplyTemplates,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
  ) {}

  /** First the words, then what each would get, then the answers: the `commandId` of the preview makes two clicks one. */
  @Post()
  @HttpCode(200)
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async answer(
    @Body() body: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(by.actor);
    const matters = valuesOf(body.matter).filter(isUuid);
    const { step } = body;
    if (step !== 'preview' && step !== 'send') return this.#page(request, { matters, body });
    const templates = await this.templates.all();
    const said = replyOf(body, templates);
    if (step === 'send') {
      const seen = matters.map((matterId) => ({ matterId, seen: Number(textOf(body[`seen-${matterId}`])) }));
      const answer = await this.commands.execute(new AnswerMatters(seen, said, by));
      if (isRejection(answer)) {
        void reply.code(422);
        return this.#page(request, { matters, body, refused: answer });
      }
      const { outcomes } = answer;
      return document(BulkResultPage, {
        ...(await this.#names(request)),
        outcomes,
        queue: queueAddress(request),
      });
    }
    const preview = await this.queries.execute(new PreviewBulkAnswer(matters, said));
    if (isRejection(preview)) {
      void reply.code(422);
      return this.#page(request, { matters, body, refused: preview });
    }
    return this.#page(request, { matters, body, preview, sent: sentOf(said) });
  }

  async #page(
    request: FastifyRequest,
    given: {
      matters: readonly string[];
      body: Parameters;
      refused?: Rejection;
      preview?: readonly PlannedAnswer[];
      sent?: Record<string, string>;
    },
  ): Promise<string> {
    const { matters, body, refused, preview, sent = {} } = given;
    const [names, templates] = await Promise.all([this.#names(request), this.templates.all()]);
    const typed = fieldsOf(body);
    const commandId = randomUUID();
    const queue = queueAddress(request);
    return document(BulkPage, {
      ...names,
      ...{ matters, templates, typed, refused, preview, sent, commandId, queue },
    });
  }

  async #names(request: FastifyRequest) {
    const [{ frame }, { catalogue }] = await Promise.all([this.frames.of(request), this.catalogue.get()]);
    return { frame, names: new MatterNames(catalogue, frame.language) };
  }
}

/** Own words count where there are any; a template is that of the version which was looked at, or the last one. */
function replyOf(body: Parameters, templates: readonly ReplyTemplate[]): BulkReply {
  const words = textsIn(body, 'words');
  const id = textOf(body.template);
  const found = words === undefined ? templates.find(({ templateId }) => templateId === id) : undefined;
  const version = Number(textOf(body.version)) || (found?.version ?? 1);
  const state = textOf(body.state) || (found?.state ?? USUAL_STATE);
  return {
    state,
    ...idIn('responsible', body.responsible),
    ...(words === undefined ? id !== '' && { template: { id, version } } : { words }),
  };
}

function sentOf({ state, responsible, template, words }: BulkReply): Record<string, string> {
  return {
    state,
    ...(responsible !== undefined && { responsible }),
    ...(template !== undefined && { template: template.id, version: String(template.version) }),
    ...Object.fromEntries(
      LANGUAGES.flatMap((each) => (words?.[each] === undefined ? [] : [[`words-${each}`, words[each]]])),
    ),
  };
}
