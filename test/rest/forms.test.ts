/** Forms with files over HTTP: what is read, what is refused, and that nothing is held beyond its limits. */
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, HttpCode, Module, Post, Req } from '@nestjs/common';
import { FastifyAdapter, RouteConfig, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyRequest } from 'fastify';
import { Metrics } from '../../src/metrics/metrics.js';
import { METRICS } from '../../src/platform.module.js';
import { AllowedMethods } from '../../src/rest/allowed-methods.js';
import { multipartForm, readForms, type FormLimits } from '../../src/rest/forms.js';
import { LOAD_LIMITS, limitLoad } from '../../src/rest/load.js';
import { ProblemFilter } from '../../src/rest/problem.filter.js';

const limits: FormLimits = { fields: 4, fieldBytes: 100, files: 2, fileBytes: 20_000, ms: 2_000 };
const HELD = { all: 70_000, network: 30_000 };

/** How long the next handlers take after they have read their form, until somebody calls `go`. */
let go: (() => void) | undefined;
let hold = Promise.resolve();
/** Forms that handlers have read. */
let read = 0;

@Controller()
class FormsController {
  @Post('form')
  @HttpCode(200)
  @RouteConfig({ multipart: true })
  async form(@Req() request: FastifyRequest) {
    // Whoever asks may be looked up first; the form waits meanwhile.
    await pause(20);
    const { fields, files } = await multipartForm(request, limits);
    read++;
    await hold;
    const sizes = files.map(({ field, mediaType, bytes }) => [field, mediaType, bytes.length]);
    return { fields, files: sizes };
  }

  @Post('forgiving')
  @HttpCode(200)
  @RouteConfig({ multipart: true })
  async forgiving(@Req() request: FastifyRequest) {
    const { fields, files, leftOut } = await multipartForm(request, {
      ...limits,
      forgives: true,
      ms: 20_000,
    });
    return { fields, files: files.map(({ bytes }) => bytes.length), leftOut };
  }

  @Post('json')
  json(@Body() body: unknown) {
    return { body };
  }
}

let app: NestFastifyApplication;
let origin: string;
beforeAll(async () => {
  @Module({
    controllers: [FormsController],
    providers: [AllowedMethods, ProblemFilter, { provide: METRICS, useValue: new Metrics() }],
  })
  class FormsModule {}

  const compiled = await Test.createTestingModule({ imports: [FormsModule] }).compile();
  // The first proxy's word is taken, so that callers can come from several networks.
  app = compiled.createNestApplication<NestFastifyApplication>(new FastifyAdapter({ trustProxy: true }));
  readForms(app, HELD);
  limitLoad(app, LOAD_LIMITS);
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
});
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => app.close());

function formOf(parts: readonly [name: string, value: string | Blob, fileName?: string][]): FormData {
  const form = new FormData();
  for (const [name, value, fileName] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, fileName);
  }
  return form;
}

const file = (size: number, type = 'image/jpeg') => new Blob([new Uint8Array(size)], { type });

async function send(body: FormData | URLSearchParams, path = '/form', from = '192.0.2.1') {
  const headers = { 'x-forwarded-for': from };
  const response = await fetch(origin + path, { method: 'POST', body, headers });
  return { status: response.status, ...((await response.json()) as object) };
}

/** A request in its very bytes. */
async function raw(head: readonly string[], body = ''): Promise<Socket> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`${['POST /form HTTP/1.1', 'host: site', ...head].join('\r\n')}\r\n\r\n${body}`);
  return socket;
}

async function answered(socket: Socket): Promise<string> {
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('a form', () => {
  it('gives its fields and files, those of one name in their order', async () => {
    const form = formOf([
      ['text', 'La farola no luce, ¿ñ?'],
      ['attribute[a]', '1'],
      ['attribute[a]', '2'],
      ['photo', file(3), '../../etc/passwd'],
      ['photo', file(20_000, 'image/png'), 'b.png'],
    ]);
    expect(await send(form)).toEqual({
      status: 200,
      fields: { text: 'La farola no luce, ¿ñ?', 'attribute[a]': ['1', '2'] },
      files: [
        ['photo', 'image/jpeg', 3],
        ['photo', 'image/png', 20_000],
      ],
    });
  });

  it('that is forgiven is read to its end without what is too large or too many', async () => {
    const form = (sizes: readonly number[]) =>
      formOf([
        ...sizes.map((size) => ['photo', file(size), 'a.jpg'] as [string, Blob, string]),
        ['text', 'After the photos.'],
      ]);
    const fields = { text: 'After the photos.' };
    expect(await send(form([3, 20_001]), '/forgiving')).toEqual({
      ...{ status: 200, fields, files: [3], leftOut: 'file-too-large' },
    });
    expect(await send(form([3, 4, 2_000_000]), '/forgiving')).toEqual({
      ...{ status: 200, fields, files: [3, 4], leftOut: 'files-too-many' },
    });
    expect(await send(form([3, 4]), '/forgiving')).toEqual({ status: 200, fields, files: [3, 4] });
    // Elsewhere they are refused as ever.
    expect(await send(form([3, 20_001]))).toMatchObject({ status: 413 });
  });

  it('that is forgiven does not go on for ever', async () => {
    let sent = 0;
    const head = '--x\r\ncontent-disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n';
    const body = new ReadableStream<Uint8Array>({
      start: (to) => to.enqueue(Buffer.from(head)),
      pull: (to) => {
        sent += 1_000_000;
        if (sent > 90_000_000) to.close();
        else to.enqueue(new Uint8Array(1_000_000));
      },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=x', 'x-forwarded-for': '192.0.2.9' };
    const init = { method: 'POST', body, headers, duplex: 'half' };
    const answer = await fetch(`${origin}/forgiving`, init);
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'body-too-large' }]);
  });

  it('may be a plain one', async () => {
    const plain = new URLSearchParams([
      ['text', 'La farola'],
      ['a', '1'],
      ['a', '2'],
    ]);
    expect(await send(plain)).toEqual({
      status: 200,
      fields: { text: 'La farola', a: ['1', '2'] },
      files: [],
    });
  });

  it('has no file where none was chosen, as browsers send it', async () => {
    const none = new Blob([], { type: 'application/octet-stream' });
    expect(await send(formOf([['photo', none, '']]))).toMatchObject({ status: 200, files: [] });
    expect(await send(formOf([['photo', none, 'empty.jpg']]))).toMatchObject({
      files: [['photo', 'application/octet-stream', 0]],
    });
  });

  it.each<[string, number, FormData | URLSearchParams]>([
    ['form-field-too-long', 413, formOf([['text', 'x'.repeat(101)]])],
    ['form-field-too-long', 413, new URLSearchParams([['text', 'x'.repeat(101)]])],
    // Bytes count, and not letters.
    ['form-field-too-long', 413, new URLSearchParams([['text', 'ñ'.repeat(51)]])],
    ['file-too-large', 413, formOf([['photo', file(20_001), 'a.jpg']])],
    ['form-too-many-parts', 413, formOf([1, 2, 3, 4, 5].map((n) => [`f${n}`, 'x']))],
    ['form-too-many-parts', 413, new URLSearchParams([1, 2, 3, 4, 5].map((n) => [`f${n}`, 'x']))],
    ['form-too-many-parts', 413, new URLSearchParams([1, 2, 3, 4, 5].map(() => ['f', 'x']))],
    ['form-too-many-parts', 413, formOf([1, 2, 3].map((n) => ['photo', file(9), `${n}.jpg`]))],
    ['form-malformed', 400, formOf([['__proto__', 'x']])],
    ['form-malformed', 400, formOf([['x'.repeat(300), 'x']])],
    ['form-malformed', 400, new URLSearchParams([['x'.repeat(300), 'x']])],
    ['body-too-large', 413, formOf([['photo', file(60_000), 'a.jpg']])],
  ])('is refused with %s (%s)', async (code, status, form) => {
    expect(await send(form)).toMatchObject({ code, status });
  });

  it('says which field and file were too large, and how large they may be', async () => {
    expect(await send(formOf([['photo', file(20_001), 'a.jpg']]))).toMatchObject({
      field: 'photo',
      parameters: { max: 20_000 },
    });
    expect(await send(formOf([['text', 'x'.repeat(101)]]))).toMatchObject({
      field: 'text',
      parameters: { max: 100 },
    });
  });

  it('is refused where it is no form, or none of a kind that is read', async () => {
    const post = (type: string, body: string) =>
      fetch(`${origin}/form`, { method: 'POST', headers: { 'content-type': type }, body });
    for (const [code, type, body] of [
      ['form-malformed', 'multipart/form-data', 'x'],
      ['form-malformed', 'multipart/form-data; boundary=b', 'no part at all'],
      [
        'form-malformed',
        'multipart/form-data; boundary=b',
        '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx',
      ],
      [
        'form-malformed',
        'multipart/form-data; boundary=b',
        '--b\r\ncontent-disposition: form-data; name="a"\r\ncontent-type: application/json\r\n\r\n{}\r\n--b--\r\n',
      ],
      ['media-type-unsupported', 'multipart/mixed; boundary=b', '--b--\r\n'],
      ['media-type-unsupported', 'application/json', '{}'],
    ] as const) {
      expect([type, body, await (await post(type, body)).json()]).toMatchObject([type, body, { code }]);
    }
  });

  it('is not read where an address takes none', async () => {
    expect(await send(formOf([['text', 'x']]), '/json')).toMatchObject({
      code: 'media-type-unsupported',
      status: 415,
    });
    expect(await send(formOf([['text', 'x']]), '/nowhere')).toMatchObject({ status: 404 });
  });
});

describe('a form that is sent badly', () => {
  const multipart = 'content-type: multipart/form-data; boundary=b';
  const part = '--b\r\ncontent-disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n';

  it('is not waited for longer than its time', async () => {
    const socket = await raw([multipart, 'content-length: 20000'], `${part}xxx`);
    const begun = performance.now();
    const answer = await answered(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('form-too-slow');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(performance.now() - begun).toBeLessThan(10_000);
    await once(socket, 'close');
  });

  it('is answered before it was sent to its end, where it says that it is too large', async () => {
    const socket = await raw([multipart, 'content-length: 1000000000'], part);
    expect(await answered(socket)).toContain('body-too-large');
  });

  it('is stopped in the middle where it does not say how large it is', async () => {
    const socket = await raw([multipart, 'transfer-encoding: chunked']);
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    socket.write(chunk(part));
    socket.write(chunk('x'.repeat(15_000)) + chunk('x'.repeat(15_000)));
    expect(await answered(socket)).toContain('file-too-large');
  });

  it('is forgotten where its sender hangs up', async () => {
    const socket = await raw([multipart, 'content-length: 20000'], part + 'x'.repeat(15_000));
    await pause(200);
    socket.destroy();
    await pause(200);
    // Nothing of it is held any more: from the same address there would not be room for both.
    const form = formOf([['photo', file(20_000), 'a.jpg']]);
    expect(await send(form, '/form', '127.0.0.1')).toMatchObject({ status: 200 });
  });
});

describe('forms at the same time', () => {
  const large = () => formOf([['photo', file(20_000), 'a.jpg']]);

  /** Lets handlers wait with what they have read. */
  function holding(): void {
    read = 0;
    hold = new Promise((resolve) => (go = resolve));
  }

  async function untilRead(forms: number): Promise<void> {
    while (read < forms) await pause(5);
  }

  it('are refused beyond what is held of one network, and of all, until others are answered', async () => {
    holding();
    const first = send(large(), '/form', '192.0.2.1');
    await untilRead(1);
    expect(await send(large(), '/form', '192.0.2.1')).toMatchObject({ status: 503, code: 'overloaded' });
    const second = send(large(), '/form', '2001:db8::1');
    const third = send(large(), '/form', '192.0.2.3');
    await untilRead(3);
    expect(await send(large(), '/form', '192.0.2.4')).toMatchObject({ status: 503, code: 'overloaded' });
    // A household has a whole /64.
    expect(await send(large(), '/form', '2001:db8::2')).toMatchObject({ status: 503 });
    go?.();
    for (const answer of await Promise.all([first, second, third]))
      expect(answer).toMatchObject({ status: 200 });
    expect(await send(large())).toMatchObject({ status: 200 });
  });
});
