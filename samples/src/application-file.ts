import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  ChannelSchema,
  IdentitySchema,
  KindSchema,
  LanguageSchema,
  OperationSchema,
  ParticularsSchema,
  PurposeSchema,
  SystemSchema,
} from '@kenri/contracts';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { Type, type Static } from 'typebox';

const strict = { additionalProperties: false };
const count = Type.Integer({ minimum: 0 });

/** What is expected of one system's part; everything is optional, and only what is named is compared. */
const ExpectedSystemSchema = Type.Object(
  {
    state: Type.Optional(Type.String()),
    /** Rows located, of certain matches and candidates together. */
    found: Type.Optional(count),
    /** People found who may be the applicant. */
    candidates: Type.Optional(count),
    exported: Type.Optional(count),
    files: Type.Optional(count),
    corrected: Type.Optional(count),
    suppressed: Type.Optional(count),
    erased: Type.Optional(count),
    /** Rows kept for a law and restricted meanwhile. */
    held: Type.Optional(count),
    acted: Type.Optional(count),
    /** Codes, in any order. */
    blockers: Type.Optional(Type.Array(Type.String())),
    deferredUntil: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  strict,
);

/** The file format of `samples/applications`, also taken from `--applications DIR` (samples/README.md). */
export const ApplicationFileSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    /** Runs after this file of the same folder: a person who asks twice. */
    after: Type.Optional(Type.String()),
    /** Whether the applicant's answer should be asked for by the applicant or comes by post. */
    application: Type.Object(
      {
        channel: ChannelSchema,
        language: LanguageSchema,
        kinds: Type.Array(KindSchema, { minItems: 1, uniqueItems: true }),
        purposes: Type.Optional(Type.Array(PurposeSchema)),
        identity: IdentitySchema,
        particulars: Type.Optional(ParticularsSchema),
      },
      strict,
    ),
    /** What the people at the office decide where a person must. */
    decisions: Type.Optional(
      Type.Object(
        {
          /** For every candidate of the system. */
          candidates: Type.Optional(
            Type.Array(Type.Object({ system: SystemSchema, decision: Type.Enum(['confirmed', 'rejected']) }, strict)),
          ),
          /** Claims not named are founded where the held value differs from the claimed one, otherwise unfounded. */
          corrections: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  claim: Type.String(),
                  system: Type.Optional(SystemSchema),
                  finding: Type.Enum(['founded', 'unfounded', 'partly']),
                  value: Type.Optional(Type.String()),
                  grounds: Type.String({ minLength: 1, maxLength: 1000 }),
                },
                strict,
              ),
            ),
          ),
          exclusions: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  system: SystemSchema,
                  collection: Type.String(),
                  operations: Type.Array(OperationSchema, { minItems: 1 }),
                  ground: Type.String(),
                },
                strict,
              ),
            ),
          ),
        },
        strict,
      ),
    ),
    /** This connector is stopped before the application is accepted, and comes back when all other systems have answered. */
    outage: Type.Optional(Type.Object({ system: SystemSchema }, strict)),
    /** Withdrawn by the applicant as soon as the case is open. */
    withdraw: Type.Optional(Type.Literal(true)),
    expected: Type.Optional(
      Type.Object(
        {
          state: Type.Optional(Type.String()),
          outcome: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          systems: Type.Optional(Type.Record(SystemSchema, ExpectedSystemSchema)),
          events: Type.Optional(
            Type.Object(
              {
                erasures: Type.Optional(count),
                corrections: Type.Optional(count),
                suppressions: Type.Optional(Type.Boolean()),
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);
export type ApplicationFile = Static<typeof ApplicationFileSchema>;
export type Expected = NonNullable<ApplicationFile['expected']>;

export interface NamedApplication {
  readonly file: string;
  readonly content: ApplicationFile;
}

/** Every fault of the files read, each with file, line and field. */
export class ApplicationFileFault extends Error {
  override readonly name = 'ApplicationFileFault';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  formats: { date: true, 'date-time': true },
});
const validate = ajv.compile(ApplicationFileSchema);

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** The node a JSON Pointer (RFC 6901) leads to, or the nearest one above it. */
function nodeAt(tree: Node, pointer: string): Node {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const location = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (let length = location.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, location.slice(0, length));
    if (node) return node;
  }
  return tree;
}

function sentence({ instancePath, keyword, params, message }: ErrorObject): { field: string; what: string } {
  const field = instancePath || '/';
  if (keyword === 'required')
    return { field: `${instancePath}/${String(params['missingProperty'])}`, what: 'is missing' };
  if (keyword === 'additionalProperties')
    return { field: `${instancePath}/${String(params['additionalProperty'])}`, what: 'is not a field of this format' };
  if (keyword === 'enum') return { field, what: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}` };
  return { field, what: message ?? keyword };
}

/**
 * Reads one application file.
 * @throws ApplicationFileFault naming file, line and field of every fault
 */
export function parseApplication(file: string, text: string): ApplicationFile {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  if (errors.length > 0 || !tree) {
    throw new ApplicationFileFault(
      errors.length === 0
        ? [`${file}:1 is empty`]
        : errors.map(
            ({ error, offset }) => `${file}:${lineAt(text, offset)} is not JSON: ${printParseErrorCode(error)}`,
          ),
    );
  }
  const content: unknown = JSON.parse(text);
  if (validate(content)) return content;
  throw new ApplicationFileFault([
    ...new Set(
      (validate.errors ?? []).map((error) => {
        const { field, what } = sentence(error);
        return `${file}:${lineAt(text, nodeAt(tree, field).offset)} ${field} ${what}`;
      }),
    ),
  ]);
}

/**
 * Reads all `*.json` files of a folder, in the order of their names.
 * @throws ApplicationFileFault naming every fault of every file, before anything is played
 */
export async function readApplications(folder: string): Promise<NamedApplication[]> {
  const names = (
    await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      throw new ApplicationFileFault([
        error.code === 'ENOENT' ? `there is no folder ${folder}` : `${folder} cannot be read: ${error.code}`,
      ]);
    })
  )
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (names.length === 0) throw new ApplicationFileFault([`${folder} holds no application (*.json)`]);
  const faults: string[] = [];
  const read: NamedApplication[] = [];
  for (const file of names) {
    try {
      read.push({ file, content: parseApplication(file, await readFile(path.join(folder, file), 'utf8')) });
    } catch (error) {
      if (!(error instanceof ApplicationFileFault)) throw error;
      faults.push(...error.faults);
    }
  }
  for (const { file, content } of read) {
    if (content.after !== undefined && !names.includes(content.after))
      faults.push(`${file} /after names ${content.after}, which is not in the folder`);
  }
  faults.push(...circles(read));
  if (faults.length > 0) throw new ApplicationFileFault(faults);
  return read;
}

function circles(read: readonly NamedApplication[]): string[] {
  const next = new Map(read.map(({ file, content }) => [file, content.after]));
  return read.flatMap(({ file }) => {
    const passed = new Set<string>();
    for (let at: string | undefined = file; at !== undefined; at = next.get(at)) {
      if (passed.has(at)) return at === file ? [`${file} /after leads back to itself`] : [];
      passed.add(at);
    }
    return [];
  });
}
