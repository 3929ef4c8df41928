import type { Operation } from './http-operations.js';
import type { RequestPlan } from './http-plans.js';
import { ANSWER_WITHIN_MS, type Outcome, type WireRequest } from './http-send.js';
import { MARKS } from './schema-values.js';

/** A rule that an answer broke. `rule` tells faults apart; `detail` says what was seen, without what was sent. */
export interface Fault {
  rule: string;
  detail: string;
}

interface Problem {
  type?: unknown;
  title?: unknown;
  status?: unknown;
  detail?: unknown;
  instance?: unknown;
  errors?: { pointer?: unknown; detail?: unknown }[];
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** What must hold for whatever was sent (quality.md, Bad input; contracts.md, HTTP). Undefined where all of it does. */
export function faultOf(
  operation: Operation,
  plan: RequestPlan,
  request: WireRequest,
  outcome: Outcome,
): Fault | undefined {
  if (outcome.kind === 'silent') return { rule: 'no answer', detail: `nothing within ${ANSWER_WITHIN_MS / 1000} s` };
  if (outcome.kind === 'closed') {
    // Whoever breaks off, or sends more than is taken, may find the connection closed.
    if (request.sending !== 'whole' || plan.body.is === 'oversized') return undefined;
    return { rule: 'connection closed', detail: outcome.why };
  }
  const { status, contentType } = outcome;
  if (status >= 500) return { rule: `status ${status}`, detail: text(outcome.body).slice(0, 300) };
  return status >= 400
    ? faultOfRefusal(plan, request, outcome)
    : faultOfSuccess(operation, plan, request, outcome, contentType);
}

const text = (body: Buffer) => body.toString('utf8');

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(text(body)) as unknown;
  } catch {
    // The rules below say what is wrong with it.
    return undefined;
  }
}

type Answer = Extract<Outcome, { kind: 'answer' }>;

function faultOfRefusal(
  plan: RequestPlan,
  request: WireRequest,
  { status, contentType, body }: Answer,
): Fault | undefined {
  if (!contentType.startsWith('application/problem+json'))
    return {
      rule: `a ${status} that is no problem document`,
      detail: `content-type ${contentType || 'none'}: ${text(body).slice(0, 200)}`,
    };
  const problem = parsed(body) as Problem | undefined;
  if (!problem) return { rule: 'a problem that is no JSON', detail: text(body).slice(0, 200) };
  const { type, title, detail, instance, errors = [] } = problem;
  if (problem.status !== status || ![type, title, detail, instance].every(isText))
    return { rule: 'a problem without its members', detail: `${status}: ${text(body).slice(0, 300)}` };
  const said = [title, detail, ...errors.map((error) => error.detail)].join(' ');
  if (MARKS.some((mark) => said.includes(mark)))
    return { rule: 'a problem that quotes what was sent', detail: String(type) };
  const named = errors.length > 0 && errors.every((error) => typeof error.pointer === 'string' && isText(error.detail));
  // A body that is no JSON at all has no field to be named.
  const readable = request.json !== undefined || request.body === null;
  const elsewhere = status === 400 && (!readable || !isObject(request.json?.value) || hasBadAddress(plan));
  if ((status === 422 || status === 400) && !named && !elsewhere)
    return { rule: `a ${status} that names no field`, detail: `${String(type)}: ${String(detail)}` };
  return undefined;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const hasBadAddress = ({ path }: RequestPlan) => Object.values(path).some((value) => value !== 'known');

function faultOfSuccess(
  operation: Operation,
  plan: RequestPlan,
  request: WireRequest,
  { status, body }: Answer,
  contentType: string,
): Fault | undefined {
  const { access } = operation;
  const forced = access.roles as readonly string[];
  const hasNoRole = plan.caller === 'nobody' || plan.caller === 'no-roles' || plan.caller === 'garbage';
  const otherRole = plan.caller !== 'permitted' && plan.caller !== 'two-roles' && !forced.includes(plan.caller);
  const open = access.applicant || (access.public && (plan.caller === 'nobody' || forced.length === 0));
  if (!open && (hasNoRole || otherRole))
    return { rule: 'let in without the role', detail: `${plan.caller} got ${status}` };
  if (request.json && operation.body && !operation.allows(request.json.value))
    return { rule: 'a body that the document does not allow is taken', detail: `answered ${status}` };
  if (plan.body.is === 'bad-text' && operation.body && !TAKEN.has(plan.body.fault))
    return { rule: 'a body that is no JSON document is taken', detail: `${plan.body.fault} answered ${status}` };
  const differs = operation.differs(status, contentType, parsed(body));
  return differs === undefined ? undefined : { rule: 'an answer that its document does not describe', detail: differs };
}

/** These are JSON all the same, or no body: whether they are taken is for the fields to say. */
const TAKEN = new Set(['duplicate-key', 'byte-order-mark', 'empty', 'white-space', 'huge-number']);
