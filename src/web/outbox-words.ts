/** What the page of the outbox says, in three languages. */
import type { OutboxState } from '../mail/outbox.js';
import type { Language } from './languages.js';

interface OutboxWords {
  title: string;
  lead: string;
  noServer: string;
  demo: string;
  which: string;
  all: string;
  states: Readonly<Record<OutboxState, string>>;
  /** What a state means, and what is to be done. */
  says: Readonly<Record<OutboxState, string>>;
  counts: (waiting: string, failed: string, unknown: string) => string;
  empty: string;
  to: string;
  gone: string;
  kind: string;
  kinds: Readonly<Record<string, string>>;
  about: string;
  why: string;
  reasons: Readonly<Record<string, string>>;
  /** Of a code of SMTP. */
  serverSaid: (code: string) => string;
  tries: string;
  made: string;
  changed: string;
  next: string;
  text: string;
  hidden: string;
  again: string;
  againOf: (subject: string) => string;
  againSay: string;
  leave: string;
  leaveOf: (subject: string) => string;
  noSubject: string;
  older: string;
  sent: string;
  left: string;
  refusals: Readonly<Record<string, string>>;
  refused: (code: string) => string;
}

export const OUTBOX_WORDS: Readonly<Record<Language, OutboxWords>> = {
  es: {
    title: 'Correo saliente',
    lead: 'Lo que el programa escribe a la gente. Cada correo se envía una vez como mucho: si no se sabe si salió, lo decide una persona.',
    noServer:
      'No hay servidor de correo (CONCEJO_SMTP): nada sale. Lo que espera se da por perdido a los tres días; si después lo hay, se puede enviar desde aquí.',
    demo: 'Es una demostración: ningún correo sale. Aquí se leen también los códigos y los enlaces de cada cual, que fuera de una demostración no se enseñan.',
    which: 'Qué correos se ven',
    all: 'Todos',
    states: {
      waiting: 'Espera',
      sending: 'Saliendo',
      sent: 'Enviado',
      failed: 'Fallido',
      unknown: 'Dudoso',
    },
    says: {
      waiting: 'Saldrá solo; se vuelve a intentar durante tres días.',
      sending: 'Se está entregando ahora.',
      sent: 'El servidor de correo lo aceptó.',
      failed: 'No salió, y no se intenta más.',
      unknown: 'No se sabe si salió: puede llegar dos veces si se envía otra vez.',
    },
    counts: (waiting, failed, unknown) => `Esperan: ${waiting}. Fallidos: ${failed}. Dudosos: ${unknown}.`,
    empty: 'No hay ninguno.',
    to: 'Para',
    gone: 'Ya se borró a quién y qué.',
    kind: 'Qué es',
    kinds: {
      'matter-code': 'Código para confirmar un correo',
      'matter-joined-before': 'Aviso de que ya se había sumado',
      'matter-filed': 'Enlace a lo que se escribió',
      'matter-answered': 'Respuesta',
      'matter-moved': 'Novedades',
      'matter-reopened': 'Abierta de nuevo',
      'matter-questionnaire': 'Pregunta si está arreglado',
      'not-written': 'Un correo que no se pudo escribir',
    },
    about: 'Sobre',
    why: 'Por qué',
    reasons: {
      'address-unusable': 'esa dirección no es de correo',
      'too-old': 'pasaron tres días, o quizá ya salió antes de restaurar los datos',
      'not-written': 'un fallo del programa: mira su registro',
      'not-composed': 'no se pudo componer',
      interrupted: 'el programa acabó mientras se enviaba',
      restored: 'los datos se restauraron o se copiaron',
      timeout: 'el servidor no contestó',
      'connection-lost': 'se cortó la conexión',
    },
    serverSaid: (code) => `el servidor lo rechazó (${code})`,
    tries: 'Intentos',
    made: 'Escrito',
    changed: 'Último cambio',
    next: 'Se intenta',
    text: 'Leerlo',
    hidden: 'Lleva un código o un enlace, o trata de algo que no es público: no se enseña.',
    again: 'Enviar otra vez',
    againOf: (subject) => `Enviar otra vez: ${subject}`,
    againSay: 'Puede llegar dos veces.',
    leave: 'No enviarlo, y borrarlo',
    leaveOf: (subject) => `No enviarlo, y borrarlo: ${subject}`,
    noSubject: 'Correo sin asunto',
    older: 'Ver anteriores',
    sent: 'Saldrá en cuanto se pueda.',
    left: 'Borrado. No se envía.',
    refusals: {
      'mail-not-found': 'Ya no está.',
      'mail-moved-on': 'Entretanto cambió: míralo otra vez.',
    },
    refused: (code) => `No se ha podido (${code}).`,
  },
  ast: {
    title: 'Corréu que sal',
    lead: 'Lo que’l programa-y escribe a la xente. Cada corréu únviase una vegada como muncho: si nun se sabe si salió, decídelo una persona.',
    noServer:
      'Nun hai sirvidor de corréu (CONCEJO_SMTP): nun sal nada. Lo qu’espera dase por perdío a los tres díes; si dempués lu hai, pue unviase dende equí.',
    demo: 'Ye una demostración: nun sal nengún corréu. Equí lléense tamién los códigos y los enllaces de caún, que fuera d’una demostración nun s’enseñen.',
    which: 'Qué correos se ven',
    all: 'Toos',
    states: {
      waiting: 'Espera',
      sending: 'Saliendo',
      sent: 'Unviáu',
      failed: 'Fallíu',
      unknown: 'Duldosu',
    },
    says: {
      waiting: 'Va salir solu; vuelve intentase demientres tres díes.',
      sending: 'Ta entregándose agora.',
      sent: 'El sirvidor de corréu aceptólu.',
      failed: 'Nun salió, y nun s’intenta más.',
      unknown: 'Nun se sabe si salió: pue llegar dos vegaes si s’unvia otra vuelta.',
    },
    counts: (waiting, failed, unknown) => `Esperen: ${waiting}. Fallíos: ${failed}. Duldosos: ${unknown}.`,
    empty: 'Nun hai nengún.',
    to: 'Pa',
    gone: 'Yá se borró pa quién y qué.',
    kind: 'Qué ye',
    kinds: {
      'matter-code': 'Códigu pa confirmar un corréu',
      'matter-joined-before': 'Avisu de que yá se sumara',
      'matter-filed': 'Enllaz a lo que s’escribió',
      'matter-answered': 'Respuesta',
      'matter-moved': 'Novedaes',
      'matter-reopened': 'Abierta otra vegada',
      'matter-questionnaire': 'Entruga si ta iguao',
      'not-written': 'Un corréu que nun pudo escribise',
    },
    about: 'Sobre',
    why: 'Por qué',
    reasons: {
      'address-unusable': 'esa direición nun ye de corréu',
      'too-old': 'pasaron tres díes, o quiciabes yá salió enantes de restaurar los datos',
      'not-written': 'un fallu del programa: mira’l so rexistru',
      'not-composed': 'nun pudo componese',
      interrupted: 'el programa acabó mentanto s’unviaba',
      restored: 'los datos restauráronse o copiáronse',
      timeout: 'el sirvidor nun contestó',
      'connection-lost': 'cortóse la conexón',
    },
    serverSaid: (code) => `el sirvidor refugólu (${code})`,
    tries: 'Intentos',
    made: 'Escritu',
    changed: 'Últimu cambéu',
    next: 'Inténtase',
    text: 'Lleelu',
    hidden: 'Lleva un códigu o un enllaz, o trata de daqué que nun ye público: nun s’amuesa.',
    again: 'Unviar otra vegada',
    againOf: (subject) => `Unviar otra vegada: ${subject}`,
    againSay: 'Pue llegar dos vegaes.',
    leave: 'Nun unvialu, y borralu',
    leaveOf: (subject) => `Nun unvialu, y borralu: ${subject}`,
    noSubject: 'Corréu ensin asuntu',
    older: 'Ver anteriores',
    sent: 'Va salir en cuantes se pueda.',
    left: 'Borráu. Nun s’unvia.',
    refusals: {
      'mail-not-found': 'Yá nun ta.',
      'mail-moved-on': 'Mentanto cambió: míralu otra vegada.',
    },
    refused: (code) => `Nun se pudo (${code}).`,
  },
  en: {
    title: 'Outgoing mail',
    lead: 'What the program writes to people. Each mail is sent once at most: where nobody knows whether it went, a person decides.',
    noServer:
      'There is no mail server (CONCEJO_SMTP): nothing goes out. What waits is given up after three days; once there is one, it can be sent from here.',
    demo: 'This is a demo: no mail goes out. Here you also read the codes and links that are somebody’s alone, which are shown nowhere but in a demo.',
    which: 'Which mails are shown',
    all: 'All',
    states: { waiting: 'Waiting', sending: 'Being sent', sent: 'Sent', failed: 'Failed', unknown: 'Unknown' },
    says: {
      waiting: 'It goes by itself; it is tried again for three days.',
      sending: 'It is being handed over now.',
      sent: 'The mail server took it.',
      failed: 'It did not go, and is not tried again.',
      unknown: 'Nobody knows whether it went: it may arrive twice if it is sent again.',
    },
    counts: (waiting, failed, unknown) => `Waiting: ${waiting}. Failed: ${failed}. Unknown: ${unknown}.`,
    empty: 'There are none.',
    to: 'To',
    gone: 'To whom and what was deleted already.',
    kind: 'What it is',
    kinds: {
      'matter-code': 'Code to confirm an address',
      'matter-joined-before': 'That she had joined before',
      'matter-filed': 'Link to what was written',
      'matter-answered': 'Answer',
      'matter-moved': 'News',
      'matter-reopened': 'Opened again',
      'matter-questionnaire': 'Asks whether it is fixed',
      'not-written': 'A mail that could not be written',
    },
    about: 'About',
    why: 'Why',
    reasons: {
      'address-unusable': 'this is no e-mail address',
      'too-old': 'three days are over, or it may have gone before the data were restored',
      'not-written': 'a fault of the program: see its log',
      'not-composed': 'it could not be composed',
      interrupted: 'the program ended while it was being sent',
      restored: 'the data were restored or copied',
      timeout: 'the server did not answer',
      'connection-lost': 'the connection broke',
    },
    serverSaid: (code) => `the server refused it (${code})`,
    tries: 'Tries',
    made: 'Written',
    changed: 'Last change',
    next: 'Tried',
    text: 'Read it',
    hidden: 'It holds a code or a link, or tells of what is not public: it is not shown.',
    again: 'Send again',
    againOf: (subject) => `Send again: ${subject}`,
    againSay: 'It may arrive twice.',
    leave: 'Do not send it, and delete it',
    leaveOf: (subject) => `Do not send it, and delete it: ${subject}`,
    noSubject: 'Mail without a subject',
    older: 'Show earlier ones',
    sent: 'It goes as soon as it can.',
    left: 'Deleted. It is not sent.',
    refusals: {
      'mail-not-found': 'It is not there any more.',
      'mail-moved-on': 'It changed meanwhile: look again.',
    },
    refused: (code) => `It could not be done (${code}).`,
  },
};
