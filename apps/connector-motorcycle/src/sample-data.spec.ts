import { describeSamples } from '@kenri/connector-kit/contract-suite';
import { persona } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const { people, of } = describeSamples({ system: 'motorcycle', schemas, samplesFor });

describe('people in the motorcycle store', () => {
  it('spells people as this store does: one name field, digits in full width', () => {
    const [seller] = of(persona('taro').person).sellers ?? [];
    expect(seller).toMatchObject({ birthDate: '１９７４／０５／０９', tel: '０９０ー３４４０ー２５０１' });
    expect(String(seller?.name).replace('\u3000', '')).toBe('山田太郎');
  });

  it('holds the buyer of a deal and the bidder of a bid as staff of a shop that exists', () => {
    const documents = people.filter(({ holdings }) => !holdings).map(of);
    const staff = new Set(
      documents.flatMap((each) =>
        (each['member-shops'] ?? []).flatMap((shop) =>
          (shop.staff as { staffNo: string }[]).map(({ staffNo }) => `${String(shop._id)} ${staffNo}`),
        ),
      ),
    );
    const named = documents.flatMap((each) => [
      ...(each.deals ?? []).map((deal) => `${String(deal.buyerShopId)} ${String(deal.buyerStaffNo)}`),
      ...(each.bids ?? []).map((bid) => `${String(bid.shopId)} ${String(bid.staffNo)}`),
    ]);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((each) => !staff.has(each))).toEqual([]);
  });
});
