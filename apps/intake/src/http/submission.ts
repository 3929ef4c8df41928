import type { Claim, Particulars } from '@kenri/contracts';
import { Problem, type InputFault, type Staff } from '@kenri/service';
import type { Form } from '../decisions/application.js';
import type { Submission } from '../decisions/submission.js';
import type { SubmitApplicationDto } from './application.dto.js';
import type { IdentityDto, ParticularsDto, ProxyPersonDto } from './form.dto.js';

/** Plain data, without the classes that checked it. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const STAFF_ONLY = ['receivedOn', 'postmarkedOn', 'enclosed'] as const;

/** What the public says is arrival by web, now, without enclosures. */
export function submissionOf(dto: SubmitApplicationDto, staff: Staff | undefined): Submission {
  if (!staff) refuseStaffFields(dto);
  if (staff && dto.channel === undefined) {
    throw Problem.invalid({
      pointer: '/channel',
      detail: { ja: '受付経路を指定してください。', en: 'must say by which channel the form came' },
    });
  }
  const {
    kinds,
    channel = 'web',
    language = 'ja',
    purposes = [],
    enclosed = [],
    receivedOn,
    postmarkedOn,
    proxy,
  } = dto;
  return {
    kinds,
    channel,
    language,
    purposes,
    enclosed,
    ...(receivedOn !== undefined && { receivedOn }),
    ...(postmarkedOn !== undefined && { postmarkedOn }),
    ...(proxy && { proxy: { relation: proxy.relation, kinds: proxy.kinds } }),
  };
}

function refuseStaffFields(dto: SubmitApplicationDto): void {
  const detail = { ja: '職員だけが指定できます。取り除いてください。', en: 'is for staff only; remove it' };
  const faults: InputFault[] = STAFF_ONLY.filter((name) => dto[name] !== undefined).map((name) => ({
    pointer: `/${name}`,
    detail,
  }));
  if (dto.channel !== undefined && dto.channel !== 'web') faults.push({ pointer: '/channel', detail });
  if (faults.length > 0) throw Problem.invalid(...faults);
}

interface PersonalParts {
  identity?: IdentityDto;
  particulars?: ParticularsDto;
  proxy?: ProxyPersonDto;
}

/** The parts of a form that are there, checked against the systems this installation knows. */
export function formPartsOf(dto: PersonalParts, systems: readonly string[]): Partial<Form> {
  const { identity, particulars, proxy } = plain(dto);
  refuseUnknownSystems(identity, particulars, systems);
  return {
    ...(identity && { identity }),
    ...(particulars && { particulars: particularsOf(particulars) }),
    ...(proxy && { proxy: { name: proxy.name, ...(proxy.contact !== undefined && { contact: proxy.contact }) } }),
  };
}

function particularsOf({ claims, statement }: ParticularsDto): Particulars {
  return { ...(claims && { claims: numbered(claims) }), ...(statement !== undefined && { statement }) };
}

function refuseUnknownSystems(
  identity: IdentityDto | undefined,
  particulars: ParticularsDto | undefined,
  systems: readonly string[],
): void {
  const detail = {
    ja: `次のいずれかで指定してください: ${systems.join(', ')}`,
    en: `must be one of ${systems.join(', ')}`,
  };
  const named = [
    ...(identity?.customerNumbers ?? []).map(({ system }, index) => [
      `/identity/customerNumbers/${index}/system`,
      system,
    ]),
    ...(particulars?.claims ?? []).map(({ system }, index) => [`/particulars/claims/${index}/system`, system]),
  ] as [string, string | undefined][];
  const faults = named.filter(([, system]) => system !== undefined && !systems.includes(system));
  if (faults.length > 0) throw Problem.invalid(...faults.map(([pointer]) => ({ pointer, detail })));
}

/** Claims get the ids by which determinations will name them: their own, or `c1`, `c2`, … */
function numbered(claims: NonNullable<ParticularsDto['claims']>): Claim[] {
  const taken = claims.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const repeated = claims.findIndex(
    ({ id }, index) => id !== undefined && claims.findIndex((other) => other.id === id) < index,
  );
  if (repeated >= 0) {
    throw Problem.invalid({
      pointer: `/particulars/claims/${repeated}/id`,
      detail: { ja: '同じ id を繰り返さないでください。', en: 'must not repeat an id' },
    });
  }
  let next = 1;
  return claims.map((claim) => {
    if (claim.id !== undefined) return { ...claim, id: claim.id };
    while (taken.includes(`c${next}`)) next += 1;
    return { ...claim, id: `c${next++}` };
  });
}
