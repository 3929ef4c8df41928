import { persona, randomOf } from '@kenri/testing';
import { ObjectId, type Db } from 'mongodb';

/** Owner of the records: has only certain matches, and nothing stands in the way of a disclosure. */
export const OWNER = persona('taro');
/** One in five records is a car, the others are images of them. */
const IMAGES_PER_CAR = 4;
const CARS_AT_ONCE = 100;

/**
 * Gives a person so many cars with images in the auto store, beside the few that they have: documents as the store has them, whose images
 * differ from each other.
 * @returns what was inserted
 */
export async function plantRecords(
  store: Db,
  {
    records,
    bytes,
    seed,
    onProgress,
  }: { records: number; bytes: number; seed: number; onProgress: (planted: number) => void },
): Promise<{ cars: number; images: number; bytes: number }> {
  const owner = await store.collection('consignors').findOne({ email: OWNER.identity.emails?.[0] });
  const car = owner && (await store.collection('listings').findOne({ consignorId: owner._id }));
  const image = car && (await store.collection('listing-images').findOne({ listingId: car._id }));
  if (!owner || !car || !image) throw new Error('the auto store does not hold the persona that owns the records');
  const cars = Math.max(1, Math.ceil(records / (IMAGES_PER_CAR + 1)));
  const images = Math.max(1, records - cars);
  const size = Math.ceil(bytes / images);
  const random = randomOf(seed, 'export');
  let planted = 0;
  for (let from = 0; from < cars; from += CARS_AT_ONCE) {
    const batch = Array.from({ length: Math.min(CARS_AT_ONCE, cars - from) }, (_, at) => ({
      ...car,
      _id: new ObjectId(),
      listingNo: `X${from + at}`,
    }));
    await store.collection('listings').insertMany(batch, { ordered: false });
    const pictures = batch
      .flatMap(({ _id, listingNo }) =>
        Array.from({ length: IMAGES_PER_CAR }, (_, n) => ({
          ...image,
          _id: new ObjectId(),
          listingId: _id,
          fileName: `${listingNo}_${n + 1}.jpg`,
          bytes: picture(size, random.next()),
        })),
      )
      .slice(0, images - planted);
    if (pictures.length > 0) await store.collection('listing-images').insertMany(pictures, { ordered: false });
    planted += pictures.length;
    onProgress(from + batch.length + planted);
  }
  return { cars, images, bytes: images * size };
}

const JPEG_START = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);

/** Bytes that begin as a JPEG does and cannot be compressed, as a photograph's cannot. */
function picture(size: number, start: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(size, JPEG_START.length));
  let state = Math.floor(start * 0xffff_ffff) | 1;
  for (let at = 0; at < bytes.length; at += 1) {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  JPEG_START.copy(bytes);
  return bytes;
}
