/** What the demo's city takes matters about, in the format of `docs/categories.md`. */

type Words = readonly [es: string, ast: string, en: string];

function texts([es, ast, en]: Words) {
  return { es, ast, en };
}

function group(id: string, ...name: Words) {
  return { id, name: texts(name), kinds: [] };
}

interface Rest {
  readonly targetDays?: number;
  readonly radius?: number;
  readonly kinds?: readonly string[];
  readonly questions?: readonly object[];
  readonly notice?: object;
  readonly anonymous?: boolean;
  readonly confirm?: boolean;
  readonly keywords?: readonly string[];
}

function category(id: string, parent: string, department: string, name: Words, rest: Rest = {}) {
  return { id, parent, department, name: texts(name), ...rest };
}

function choice(code: string, text: Words, values: Readonly<Record<string, Words>>, required = false) {
  return {
    code,
    datatype: 'singlevaluelist',
    required,
    text: texts(text),
    values: Object.entries(values).map(([key, name]) => ({ key, name: texts(name) })),
  };
}

export const DEMO_CATEGORIES = {
  categories: [
    group('streets', 'Calles y aceras', 'Calles y aceres', 'Streets and pavements'),
    category('pothole', 'streets', 'works', ['Bache', 'Fueyu na calle', 'Pothole'], {
      targetDays: 15,
      radius: 50,
      keywords: ['road', 'hole'],
      questions: [
        choice('size', ['¿Cómo es de grande?', '¿Cómo ye de grande?', 'How large is it?'], {
          hand: ['Como una mano', 'Como una mano', 'As a hand'],
          wheel: ['Como una rueda', 'Como una rueda', 'As a wheel'],
          larger: ['Más grande', 'Más grande', 'Larger'],
        }),
      ],
    }),
    category('pavement', 'streets', 'works', ['Acera rota', 'Acera rota', 'Broken pavement'], {
      targetDays: 20,
      radius: 50,
    }),
    category('obstacle', 'streets', 'mobility', ['Obstáculo al paso', 'Torga al pasu', 'Obstacle'], {
      targetDays: 5,
      radius: 50,
    }),
    group('lighting-group', 'Alumbrado', 'Alluméu', 'Lighting'),
    category('street-lamp', 'lighting-group', 'lighting', ['Farola', 'Farola', 'Street lamp'], {
      targetDays: 10,
      radius: 60,
      keywords: ['lamp', 'light'],
      questions: [
        choice(
          'lamp',
          ['¿Qué le pasa?', '¿Qué-y pasa?', 'What is wrong with it?'],
          {
            off: ['Está apagada', 'Ta apagada', 'It is off'],
            flickers: ['Parpadea', 'Parpaguia', 'It flickers'],
            broken: ['Está rota', 'Ta rota', 'It is broken'],
          },
          true,
        ),
      ],
      notice: texts([
        'Si hay cables a la vista, no los toques y llama al 112.',
        'Si hai cables a la vista, nun los toques y llama al 112.',
        'Where cables hang loose, do not touch them and call 112.',
      ]),
    }),
    category('dark-street', 'lighting-group', 'lighting', ['Calle oscura', 'Calle escura', 'Dark street'], {
      radius: 150,
      kinds: ['complaint', 'suggestion'],
    }),
    group('cleaning-group', 'Limpieza', 'Llimpieza', 'Cleaning'),
    category('litter', 'cleaning-group', 'cleaning', ['Suciedad', 'Puxarra', 'Litter'], {
      targetDays: 3,
      radius: 80,
    }),
    category('container', 'cleaning-group', 'cleaning', ['Contenedor', 'Contenedor', 'Waste container'], {
      targetDays: 3,
      radius: 40,
    }),
    category(
      'bulky-waste',
      'cleaning-group',
      'cleaning',
      ['Muebles y enseres', 'Muebles y trastos', 'Bulky waste'],
      {
        targetDays: 3,
        radius: 40,
      },
    ),
    category('graffiti', 'cleaning-group', 'cleaning', ['Pintada', 'Pintada', 'Graffiti'], {
      targetDays: 20,
      radius: 40,
    }),
    group('green', 'Parques y árboles', 'Parques y árboles', 'Parks and trees'),
    category('tree', 'green', 'parks', ['Árbol', 'Árbol', 'Tree'], { targetDays: 15, radius: 60 }),
    category('playground', 'green', 'parks', ['Zona de juegos', 'Zona de xuegos', 'Playground'], {
      targetDays: 10,
      radius: 150,
    }),
    category('park', 'green', 'parks', ['Parque o jardín', 'Parque o xardín', 'Park or garden'], {
      targetDays: 20,
      radius: 300,
    }),
    group('getting-around', 'Moverse', 'Movese', 'Getting around'),
    category('bus', 'getting-around', 'mobility', ['Autobús', 'Autobús', 'Bus'], { radius: 0 }),
    category('parking', 'getting-around', 'mobility', ['Aparcamiento', 'Aparcamientu', 'Parking'], {
      radius: 80,
    }),
    category(
      'traffic-light',
      'getting-around',
      'mobility',
      ['Semáforo o señal', 'Semáforu o señal', 'Traffic light or sign'],
      {
        targetDays: 5,
        radius: 40,
      },
    ),
    category('bicycle', 'getting-around', 'mobility', ['Bicicletas', 'Bicicletes', 'Bicycles'], {
      radius: 200,
    }),
    group('water-group', 'Agua y saneamiento', 'Agua y saneamientu', 'Water and sewers'),
    category('leak', 'water-group', 'water', ['Fuga de agua', 'Fuga d’agua', 'Leak'], {
      targetDays: 2,
      radius: 60,
    }),
    category('sewer', 'water-group', 'water', ['Alcantarilla', 'Sumidoriu', 'Sewer'], {
      targetDays: 5,
      radius: 60,
    }),
    group('living', 'Convivencia', 'Convivencia', 'Living together'),
    category('noise', 'living', 'police', ['Ruido', 'Ruíu', 'Noise'], {
      radius: 100,
      anonymous: false,
      confirm: true,
    }),
    category('animals', 'living', 'police', ['Animales', 'Animales', 'Animals'], { radius: 150 }),
    group('city-hall', 'Ayuntamiento', 'Conceyu', 'City hall'),
    category(
      'office',
      'city-hall',
      'participation',
      ['Atención y trámites', 'Atención y trámites', 'Service and procedures'],
      {
        radius: 0,
        anonymous: false,
      },
    ),
    category('other', 'city-hall', 'participation', ['Otra cosa', 'Otra cosa', 'Something else'], {
      radius: 100,
    }),
  ],
};
