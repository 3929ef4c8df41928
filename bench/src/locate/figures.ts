/** What was measured of one store: milliseconds, unless said otherwise. */
export interface StoreFigures {
  readonly people: number;
  /** Documents in the business store, and entries in the side index. */
  readonly documents: number;
  readonly entries: number;
  readonly fillSeconds: number;
  /** From the connector's being ready until everything is indexed, and by it the entries made per second. */
  readonly sweepSeconds: number;
  readonly sweptPerSecond: number;
  readonly requests: number;
  /** Rows found per request, on average: what there was to read. */
  readonly rowsPerRequest: number;
  /** Documents that the index keys led to, which were read and compared in full, on average: more than were found, the more people share keys. */
  readonly comparedPerRequest: number;
  /** Inside the connector: index query, live documents, full comparison, rows reached by reference. */
  readonly locate: Quantiles;
  /** From the request sent to Kafka to the connector's answer received from it. */
  readonly answer: Quantiles;
  /** Resident memory of the connector after the requests. */
  readonly connectorMb: number;
}

export interface LocateFigures {
  readonly stores: readonly StoreFigures[];
  /** The largest store's p99 against the smallest's, of what happens inside the connector. */
  readonly locateP99Ratio: number;
  readonly answerP99Ratio: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** The value that `share` of the values do not exceed (nearest rank). @throws RangeError without values */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('a quantile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export const quantilesOf = (values: readonly number[]): Quantiles => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
});

/** Ratios of the largest store to the smallest. @throws RangeError for fewer than two stores: there is nothing to compare */
export function compared(stores: readonly StoreFigures[]): LocateFigures {
  const ordered = [...stores].sort((a, b) => a.people - b.people);
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (!least || !most || least === most)
    throw new RangeError('locating is compared between at least two sizes of store');
  return {
    stores: ordered,
    locateP99Ratio: most.locate.p99 / least.locate.p99,
    answerP99Ratio: most.answer.p99 / least.answer.p99,
  };
}
