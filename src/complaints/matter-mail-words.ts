/** What mails about a matter say, in three languages. `ref` is its number. */
import type { MailLanguage } from '../mail/mail.js';

export type ToldState = 'open' | 'closed' | 'fixed';

export interface MatterMailWords {
  /** What it is about: the name of its category. Begins the mails of who has confirmed her address. */
  readonly about: (ref: string, category: string) => string;
  readonly code: (ref: string) => string;
  readonly codeSays: (code: string) => string;
  /** Before the link of who filed by another program. */
  readonly byOther: string;
  /** To who wants to join and had before, or counts with a matter of her own. */
  readonly hadJoined: (ref: string) => string;
  readonly hadJoinedSays: string;
  readonly filed: (ref: string) => string;
  readonly filedSays: string;
  readonly ownLink: string;
  readonly answered: (ref: string) => string;
  readonly answeredSays: string;
  readonly moved: Readonly<Record<ToldState, (ref: string) => string>>;
  readonly reopened: (ref: string) => string;
  /** The questionnaire. */
  readonly fixed: (ref: string) => string;
  readonly fixedSays: string;
  readonly fixedLink: string;
  readonly fixedNoLink: string;
  readonly seeIt: string;
  readonly joined: string;
  readonly unsubscribe: string;
  /** Ends every mail. */
  readonly automatic: string;
}

export const MATTER_MAIL_WORDS: Readonly<Record<MailLanguage, MatterMailWords>> = {
  es: {
    about: (ref, category) => `Asunto ${ref}: ${category}.`,
    code: (ref) => `Código para confirmar tu correo (asunto ${ref})`,
    byOther:
      'Otro programa lo envió en tu nombre. Con este enlace, que es solo tuyo, escribes el código, ves lo que pasa, añades algo o lo borras todo:',
    codeSays: (code) =>
      `Tu código es ${code}. Vale durante 24 horas. Si no has enviado nada al Ayuntamiento, no hagas nada: sin el código esta dirección no se usa.`,
    hadJoined: (ref) => `Ya contabas en el asunto ${ref}`,
    hadJoinedSays:
      'Alguien ha pedido sumarse con esta dirección a un asunto en el que ya cuentas. No cambia nada: se te contestará como hasta ahora. Si no has sido tú, no hagas nada.',
    filed: (ref) => `Hemos recibido tu asunto ${ref}`,
    filedSays: 'Tu correo está confirmado. Te escribiremos cuando haya novedades.',
    ownLink: 'Con este enlace, que es solo tuyo, puedes verlo, añadir algo, valorarlo, reabrirlo o borrarlo:',
    answered: (ref) => `Respuesta a tu asunto ${ref}`,
    answeredSays: 'El Ayuntamiento ha respondido:',
    moved: {
      open: (ref) => `Hay novedades en tu asunto ${ref}`,
      closed: (ref) => `Se ha cerrado tu asunto ${ref}`,
      fixed: (ref) => `Se ha resuelto tu asunto ${ref}`,
    },
    reopened: (ref) => `Se ha reabierto tu asunto ${ref}`,
    fixed: (ref) => `¿Está arreglado? Tu asunto ${ref}`,
    fixedSays:
      'Hace cuatro semanas que se cerró. Queremos saber si está arreglado: si no lo está, se abre de nuevo.',
    fixedLink: 'Contesta aquí; el enlace es solo tuyo:',
    fixedNoLink: 'Contesta con el enlace que se te dio cuando lo enviaste.',
    seeIt: 'Míralo aquí:',
    joined: 'Recibes este correo porque te sumaste a este asunto.',
    unsubscribe: 'Para no recibir más correos sobre él:',
    automatic: 'Este correo es automático: no respondas a él.',
  },
  ast: {
    about: (ref, category) => `Asuntu ${ref}: ${category}.`,
    code: (ref) => `Códigu pa confirmar el to corréu (asuntu ${ref})`,
    byOther:
      'Otru programa unviólo nel to nome. Con esti enllaz, que ye namás de to, escribes el códigu, ves lo que pasa, amiestes daqué o bórreslo too:',
    codeSays: (code) =>
      `El to códigu ye ${code}. Val demientres 24 hores. Si nun mandesti nada al Conceyu, nun faigas nada: ensin el códigu esta direición nun s’usa.`,
    hadJoined: (ref) => `Yá cuntabes nel asuntu ${ref}`,
    hadJoinedSays:
      'Daquién pidió sumase con esta direición a un asuntu nel que yá cuntes. Nun camuda nada: va contestásete como hasta agora. Si nun fuisti tu, nun faigas nada.',
    filed: (ref) => `Recibimos el to asuntu ${ref}`,
    filedSays: 'El to corréu ta confirmáu. Vamos escribite cuando haya novedaes.',
    ownLink:
      'Con esti enllaz, que ye namás de to, pues velu, amestar daqué, valoralu, volver abrilu o borralu:',
    answered: (ref) => `Respuesta al to asuntu ${ref}`,
    answeredSays: 'El Conceyu respondió:',
    moved: {
      open: (ref) => `Hai novedaes nel to asuntu ${ref}`,
      closed: (ref) => `Zarróse’l to asuntu ${ref}`,
      fixed: (ref) => `Resolvióse’l to asuntu ${ref}`,
    },
    reopened: (ref) => `Volvió abrise’l to asuntu ${ref}`,
    fixed: (ref) => `¿Ta iguao? El to asuntu ${ref}`,
    fixedSays: 'Hai cuatro selmanes que se zarró. Queremos saber si ta iguao: si nun lo ta, vuelve abrise.',
    fixedLink: 'Contesta equí; l’enllaz ye namás de to:',
    fixedNoLink: 'Contesta col enllaz que se te dio cuando lo unviesti.',
    seeIt: 'Míralu equí:',
    joined: 'Recibes esti corréu porque te sumesti a esti asuntu.',
    unsubscribe: 'Pa nun recibir más correos sobre elli:',
    automatic: 'Esti corréu ye automáticu: nun-y respuendas.',
  },
  en: {
    about: (ref, category) => `Matter ${ref}: ${category}.`,
    code: (ref) => `Code to confirm your address (matter ${ref})`,
    byOther:
      'Another program sent it for you. With this link, which is yours alone, you enter the code, see what happens, add to it or erase everything:',
    codeSays: (code) =>
      `Your code is ${code}. It is good for 24 hours. If you sent nothing to the city, do nothing: without the code this address is not used.`,
    hadJoined: (ref) => `You counted already in matter ${ref}`,
    hadJoinedSays:
      'Somebody asked to join with this address a matter in which you count already. Nothing changes: you will be answered as before. If it was not you, do nothing.',
    filed: (ref) => `We have received your matter ${ref}`,
    filedSays: 'Your address is confirmed. We will write when there is news.',
    ownLink:
      'With this link, which is yours alone, you can see it, add to it, rate it, open it again or erase it:',
    answered: (ref) => `Answer to your matter ${ref}`,
    answeredSays: 'The city has answered:',
    moved: {
      open: (ref) => `News of your matter ${ref}`,
      closed: (ref) => `Your matter ${ref} is closed`,
      fixed: (ref) => `Your matter ${ref} is fixed`,
    },
    reopened: (ref) => `Your matter ${ref} is open again`,
    fixed: (ref) => `Is it fixed? Your matter ${ref}`,
    fixedSays:
      'It was closed four weeks ago. We want to know whether it is fixed: if not, it is opened again.',
    fixedLink: 'Answer here; the link is yours alone:',
    fixedNoLink: 'Answer with the link that you were given when you sent it.',
    seeIt: 'See it here:',
    joined: 'You get this mail because you joined this matter.',
    unsubscribe: 'To get no more mails about it:',
    automatic: 'This mail was sent by a program: please do not answer it.',
  },
};
