// Written by `npm run match:eval -- --estimate`; do not edit.
// Fellegi–Sunter weights (Fellegi and Sunter, JASA 64, 1969): log2(m/u) for each outcome of each field, m its share among
// records of one person (by expectation maximisation on the tuning pairs), u among records drawn at random. They rank only.
export const WEIGHTS: Readonly<Record<string, number>> = {
  'address:agrees': 7.1,
  'address:disagrees': -2.7,
  'birthDate:agrees': 14.5,
  'birthDate:disagrees': -4.1,
  'birthDate:slip': 3.2,
  'customerNumber:agrees': 12.0,
  'customerNumber:disagrees': -1.0,
  'email:agrees': 14.6,
  'email:disagrees': -3.1,
  'name:agrees': 10.6,
  'name:different': -6.2,
  'name:family-changed': 0.9,
  'name:look-alike': 9.0,
  'name:partial': -1.3,
  'name:reading-differs': 8.0,
  'name:reading-fits': 9.0,
  'name:reading-same': 7.0,
  'name:slip': 0.3,
  'name:swapped': 6.0,
  'phone:agrees': 14.8,
  'phone:disagrees': -2.4,
};
