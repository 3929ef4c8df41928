import { kanjiName, persona, PERSONA_KEYS, type PersonaKey } from '@kenri/testing';
import { BSON } from 'mongodb';
import { type Canary, canariesOf, CanarySearch } from './canary-search.js';
import { readPackage } from './open-package.js';
import type { Outcome } from './play-all.js';
import { belongingTo, readDatabases, type RawDocument } from './raw-data.js';
import type { TrialPlatform } from './trial-platform.js';

/** Where records of one person hold another's name: gift recipients, receivers, buyers, owners, patients. */
const OTHERS: Record<string, string[]> = {
  'store_flower.gift-recipients': ['recipient.contact'],
  'store_flower.delivery-addresses': ['receiver'],
  'store_auto.deals': ['buyer.contactName'],
  'store_auto.members': ['contacts.name'],
  'store_auto.inspections': ['certificate.ownerName'],
  'store_motorcycle.deals': ['buyerName'],
  'store_medical.device-sales': ['transferee.name'],
  'store_medical.residual-data-reports': ['patients.name'],
};
const without = (text: string) => text.replace(/[\s\u3000]/g, '');
const keyOf = ({ where, id }: RawDocument) => `${where}/${id}`;

function valuesAt(value: unknown, [step, ...rest]: string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, [step ?? '', ...rest]));
  if (step === undefined || value === null || typeof value !== 'object') return [];
  const next = (value as Record<string, unknown>)[step];
  if (rest.length > 0 || Array.isArray(next)) return rest.length > 0 ? valuesAt(next, rest) : [];
  return typeof next === 'string' ? [next] : [];
}

/** Names of other people in the stores, without those who are the personas themselves. */
function othersThan(keys: readonly PersonaKey[], documents: readonly RawDocument[]): Canary[] {
  const own = keys.map((key) => kanjiName(persona(key).person, ''));
  const names = documents.flatMap((document) =>
    (OTHERS[document.where] ?? [])
      .flatMap((path) => valuesAt(BSON.deserialize(document.bytes), path.split('.')))
      // A contact is name, reading and telephone in one string.
      .flatMap((text) => text.split(/[（）\s]+(?=[０-９])|[（）]/))
      .filter((text) => without(text).length >= 3),
  );
  const spelt = new Set(names.flatMap((name) => [name, without(name)]));
  return [...spelt]
    .filter((name) => !own.some((one) => without(name).includes(one)))
    .map((value) => ({ what: 'somebody else', value }));
}

/** What only this person has: a father and his son share address, landline and family name. */
function ownOnly(...keys: PersonaKey[]): CanarySearch {
  return new CanarySearch(
    keys.flatMap((key) => {
      const { person } = persona(key);
      const { familyName, givenName, landline } = person;
      const shared = [familyName.kanji, givenName.kanji, familyName.kana, givenName.kana, landline ?? ''].map((text) =>
        text.replaceAll('-', ''),
      );
      const own = canariesOf(key, person).filter(
        ({ what, value }) =>
          /^(name|telephone|mailbox)/.test(what) &&
          without(value).length > 3 &&
          !shared.includes(value.replaceAll('-', '')),
      );
      return own.filter(
        ({ what, value }) =>
          !what.startsWith('telephone') ||
          !landline ||
          !value.normalize('NFKC').replaceAll(/\D/g, '').endsWith(landline.replaceAll('-', '').slice(1)),
      );
    }),
  );
}

/** Nobody else is met in what one person gets, or touched by what is done for one person. */
export function describeOtherPeople(
  trial: () => {
    platform: TrialPlatform;
    before: RawDocument[];
    outcomes: Map<string, Outcome>;
  },
): void {
  const packages: [file: string, key: PersonaKey, systems: string[], inside: string[]][] = [
    ['01-disclosure-five-systems.json', 'taro', ['auto', 'motorcycle', 'flower', 'brand-item', 'medical'], ['山田']],
    ['14-florist-gifts.json', 'sakura', ['flower'], ['sakura.mori@example.jp']],
    ['15-medical-director.json', 'takahashi', ['medical'], ['m.takahashi@aobakai.example.or.jp']],
  ];

  it.each(packages)(
    'the package of %s opens in both languages and holds the person’s data and nobody else’s',
    async (file, key, systems, inside) => {
      const { before, outcomes } = trial();
      const fetched = outcomes.get(file)?.played?.package;
      expect(fetched).toBeDefined();
      const contents = await readPackage(fetched!.zip, fetched!.password);
      expect([...contents.keys()]).toEqual(
        expect.arrayContaining([
          'report.ja.html',
          'report.en.html',
          'manifest.json',
          ...systems.map((system) => `data/${system}.json`),
        ]),
      );
      const text = [...contents.values()].map((bytes) => Buffer.from(bytes).toString('utf8')).join('\n');
      for (const value of inside) expect(text).toContain(value);
      const others = [
        ...othersThan([key], before),
        ...PERSONA_KEYS.filter((other) => other !== key).flatMap((other) =>
          canariesOf(other, persona(other).person).filter(
            ({ what, value }) => /^(name|mailbox)/.test(what) && without(value).length > 3,
          ),
        ),
      ];
      expect(others.length).toBeGreaterThan(100);
      const search = new CanarySearch(others);
      const found = [...contents].flatMap(([name, bytes]) =>
        search.find(bytes).map(({ what, at }) => `${name} at ${at}: ${what}`),
      );
      expect(found).toEqual([]);
    },
  );

  it('erasures, corrections and suppressions leave every other person’s documents byte for byte as they were', async () => {
    const { platform, before } = trial();
    const acting = ['taro', 'ogawa-father', 'yoko', 'sakura', 'sachiko', 'ishii', 'twin-midori'] as const;
    const own = ownOnly(...acting);
    const stores = (documents: RawDocument[]) => documents.filter(({ where }) => !where.endsWith('.kenri_heartbeats'));
    const was = stores(before);
    const theirs = belongingTo(was, ({ bytes }) => own.find(bytes).length > 0);
    const after = new Map(
      stores(await readDatabases(platform.mongo, (name) => name.startsWith('store_'))).map((document) => [
        keyOf(document),
        document,
      ]),
    );
    const changed = was.filter((document) => !after.get(keyOf(document))?.bytes.equals(document.bytes)).map(keyOf);
    expect(changed.filter((key) => !theirs.has(key))).toEqual([]);
    const known = new Set(was.map(keyOf));
    expect([...after.keys()].filter((key) => !known.has(key))).toEqual([]);
    // It could fail: most documents are others', and those of the people who asked did change, in every store.
    expect(was.length - theirs.size).toBeGreaterThan(theirs.size);
    expect(new Set(changed.map((key) => key.split('.')[0]))).toEqual(
      new Set(was.map(({ where }) => where.split('.')[0])),
    );

    const taro = ownOnly('taro');
    const left = [...after.values()].filter(({ bytes }) => taro.find(bytes).length > 0).map(({ where }) => where);
    // A note about somebody else's car mentions him; a screening row is what no answer shows and no erasure touches.
    expect(left.sort()).toEqual(['store_auto.counterparty-notes', 'store_auto.screening-results']);
    // Whoever shares a document with one of them, as a gift's recipient or a colleague, stays in it.
    const others = new CanarySearch(othersThan(acting, was));
    const found = (document: RawDocument | undefined) => (document ? others.find(document.bytes).length : 0);
    const lost = was
      .filter((document) => changed.includes(keyOf(document)) && found(document) > found(after.get(keyOf(document))))
      .map(keyOf);
    // The person's own address book and the records of to whom their data went are deleted whole, names in them included.
    const whole = /^store_(flower\.delivery-addresses|auto\.provision-records)\//;
    expect(lost.filter((key) => after.has(key) || !whole.test(key))).toEqual([]);
  });
}
