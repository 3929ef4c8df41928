import { checkMap, type DataMap, type MappedCollection } from '@kenri/connector-kit';
import { map } from './data-map.js';
import { schemas } from './schemas.js';

const without = (collection: string, path: string): DataMap => {
  const mapped = map.collections[collection] as MappedCollection;
  const fields = Object.fromEntries(Object.entries(mapped.fields).filter(([name]) => name !== path));
  return { ...map, collections: { ...map.collections, [collection]: { ...mapped, fields } } };
};

describe('data map of medical', () => {
  it('mentions every path of the store, reaches every row it declares and has a key to act on', () => {
    expect(checkMap(map, schemas)).toEqual([]);
  });

  it('is refused when one path is forgotten', () => {
    expect(checkMap(without('facilities', 'directorLicenceNo'), schemas)).toEqual([
      expect.objectContaining({ collection: 'facilities', at: 'directorLicenceNo' }),
    ]);
  });

  it('is refused when a whole collection is forgotten', () => {
    const { 'maintenance-reports': _, ...collections } = map.collections;
    expect(checkMap({ ...map, collections }, schemas)).toEqual([
      expect.objectContaining({ collection: 'maintenance-reports' }),
    ]);
  });
});
