/** Internal notes of a matter over REST (role listener). Kept by nobody in between. */
import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Type } from 'typebox';
import { closed, Id, Instant, Uuid } from '../../projections/events/schema.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import { newThingId } from '../event-store/event-ids.js';
import {
  ApiAnswer,
  ApiExample,
  ApiIdempotencyKey,
  ApiProblems,
  SIGNED_IN,
  STAFF_WRITE,
} from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import { uuidOr } from '../rest/uuid-or.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import './desk.problems.js';
import { MatterNotes, MAX_NOTE_LENGTH, type MatterNote } from '../complaints/matter-notes.js';
import { assertListens } from './staff-access.js';

const WORDS = 'La vecina llamó: prefiere que se la avise por la tarde.';

class NoteBody {
  @ApiProperty({ example: WORDS, minLength: 1, maxLength: MAX_NOTE_LENGTH })
  @IsString()
  @Length(1, 2 * MAX_NOTE_LENGTH)
  words: string;
}

const Note = closed({ id: Uuid, author: Id, writtenAt: Instant, words: Type.String() });
const example = {
  id: '5b1f6a52-5d1e-5c9e-8b6e-1f0b5a2f4c11',
  author: 'lin',
  writtenAt: '2026-10-01T08:00:00.000Z',
  words: WORDS,
};

const MATTER = uuidOr('matter-unknown');
const NOTE = uuidOr('note-unknown');

@ApiTags('matters')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/matters/:id/notes')
export class NotesController {
  constructor(@Inject(MatterNotes) private readonly notes: MatterNotes) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Internal notes of a matter, the oldest first (role listener)' })
  @ApiAnswer({ schema: closed({ items: Type.Array(Note) }), example: { items: [example] } })
  @ApiProblems(...SIGNED_IN, 'matter-unknown')
  async list(@Param('id', MATTER) id: string, @CurrentActor() actor: Actor) {
    assertListens(actor);
    return { items: (await this.notes.ofMatter(id)).map(noteJson) };
  }

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Write an internal note (role listener)',
    description: 'It stands in no event, is shown to nobody else, and is deleted with the matter.',
  })
  @ApiAnswer({ schema: Note, example }, { status: 201 })
  @ApiExample(NoteBody, { words: WORDS })
  @ApiProblems(
    ...STAFF_WRITE,
    ...TEXT_PROBLEMS,
    'matter-unknown',
    'matter-erased',
    'note-unknown',
    'notes-too-many',
  )
  async write(@Param('id', MATTER) id: string, @Body() { words }: NoteBody, @CurrentRequest() by: RequestBy) {
    assertListens(by.actor);
    const noteId = newThingId(by.actor.id, by.commandId, 'matter-note');
    return noteJson(accepted(await this.notes.write(id, { noteId, words, author: by.actor.id })));
  }

  @Delete(':note')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Delete an internal note for good (role listener)' })
  @ApiAnswer({ schema: closed({ id: Uuid }), example: { id: example.id } })
  @ApiProblems(...SIGNED_IN, 'note-unknown')
  async erase(
    @Param('id', NOTE) id: string,
    @Param('note', NOTE) note: string,
    @CurrentActor() actor: Actor,
  ) {
    assertListens(actor);
    if (!(await this.notes.erase(id, note))) throw new Problem('note-unknown');
    return { id: note };
  }
}

function noteJson({ noteId: id, author, writtenAt, words }: MatterNote) {
  return { id, author, writtenAt: writtenAt.toISOString(), words };
}
