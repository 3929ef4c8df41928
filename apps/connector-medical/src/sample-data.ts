import {
  addressLine,
  customerNumber,
  dayOf,
  digitsOnly,
  kanjiName,
  oldForms,
  pdf,
  StoreSamples,
  strangerFrom,
  upperRomaji,
  type MedicalHolding,
  type Office,
  type Random,
  type SampleDocuments,
  type SamplePerson,
} from '@kenri/testing';
import { holdingOf } from './samples.js';
import { objectId, type ObjectId } from './schemas.js';

type Equipment = NonNullable<MedicalHolding['equipment']>[number];

/**
 * The documents that the medical store holds because of one person, in its own spelling: facility name first, old character forms,
 * upper-case romaji in imported rows. Deterministic by person, `random` and day.
 * @param asOf the day from which open and past dealings are counted
 */
export function samplesFor(person: SamplePerson, random: Random, asOf: Date = dayOf(new Date())): SampleDocuments {
  const holding = holdingOf(person, random);
  const samples = new MedicalSamples(person, random, asOf, holding);
  if (holding.director) samples.facility();
  if (holding.employment) samples.staffContact();
  for (let n = 0; n < (holding.qualifications ?? 0); n++) samples.qualification(n);
  holding.equipment?.forEach((equipment, n) => samples.equipment(equipment, n));
  for (let n = 0; n < (holding.reports ?? 0); n++) samples.maintenanceReport(n);
  for (let n = 0; n < (holding.residual ?? 0); n++) samples.residualData(n);
  return samples.documents;
}

const DEVICES = [
  ['超音波画像診断装置', 'アロカ'],
  ['X線一般撮影装置', '島津'],
  ['内視鏡システム', 'オリンパス'],
  ['心電計', 'フクダ'],
  ['歯科用チェアユニット', 'モリタ'],
] as const;

class MedicalSamples extends StoreSamples<ObjectId> {
  private readonly clinic: Office | undefined;
  private readonly facilityId: ObjectId;
  private readonly facilityName: string;
  private readonly staffContactId = this.id('staff-contacts');

  constructor(
    person: SamplePerson,
    random: Random,
    asOf: Date,
    private readonly holding: MedicalHolding,
  ) {
    super('medical', person, random, asOf, objectId);
    this.clinic = holding.employment?.office ?? (person.office?.kind === 'clinic' ? person.office : undefined);
    this.facilityId = this.clinic ? this.officeId('facilities', this.clinic) : this.id('facilities');
    this.facilityName = this.clinic?.name ?? `${oldForms(person.familyName.kanji)}医院`;
  }

  /** As the physicians' register writes it. */
  private get name(): string {
    return oldForms(kanjiName(this.person));
  }
  private get imported(): boolean {
    return this.holding.script === 'romaji';
  }
  private get responsible() {
    return this.holding.director
      ? { facilityId: this.facilityId, responsible: 'director' }
      : { facilityId: this.facilityId, responsible: 'staff', staffContactId: this.staffContactId };
  }

  facility(): void {
    const { person, random } = this;
    const address = this.clinic?.address ?? person.address;
    this.add('facilities', this.facilityId, {
      facilityNo: `MF-${this.clinic ? `C${this.clinic.id}` : person.index}`,
      facilityName: this.facilityName,
      permitNo: `医${random.digits(6)}`,
      tel: this.clinic?.tel ?? person.landline,
      postalCode: address.postalCode,
      address: addressLine(address),
      beds: random.between(0, 60),
      director: this.imported ? undefined : `${this.facilityName} ${this.name}`,
      // A persona's row holds both, so that either script can be looked for; imported rows hold romaji alone.
      directorRomaji: this.imported || person.holdings ? upperRomaji(person) : undefined,
      directorMobile: person.mobile ?? person.landline,
      directorEmail: person.email,
      directorLicenceNo: `第${random.digits(6)}号`,
      directorMailStop: false,
      directorRestricted: false,
      legalHold: this.holding.legalHold ?? false,
      imported: this.imported,
    });
  }

  staffContact(): void {
    const { person, random } = this;
    this.add('staff-contacts', this.staffContactId, {
      contactNo: customerNumber(person, 'medical'),
      facilityId: this.facilityId,
      name: this.imported ? undefined : `${this.facilityName} ${this.name}`,
      romaji: this.imported ? upperRomaji(person) : undefined,
      department: random.pick(['放射線科', '検査部', '事務部', '内科']),
      duty: random.pick(['臨床工学技士', '診療放射線技師', '事務長', '看護師長']),
      mobile: person.mobile,
      email: person.email,
      mailStop: false,
      restricted: false,
      legalHold: this.holding.legalHold ?? false,
      lastContactAt: this.ago({ days: random.between(1, 400) }),
    });
  }

  qualification(n: number): void {
    const { person, random } = this;
    this.add('qualifications', this.id('qualifications', n), {
      qualificationNo: `QL${person.index}-${n + 1}`,
      holder: this.name,
      holderRomaji: upperRomaji(person),
      birthDate: person.birthDate.replaceAll('-', '.'),
      mobile: person.mobile && digitsOnly(person.mobile),
      email: person.email,
      licence: n === 0 ? '高度管理医療機器等営業所管理者' : '医療機器修理責任技術者',
      licenceNo: `第${random.digits(7)}号`,
      registeredOn: `${random.between(2001, 2024)}.${random.between(1, 12)}.${random.between(1, 28)}`,
      courses: [{ title: '継続的研修', completedOn: `${random.between(2019, 2025)}.6.${random.between(1, 28)}` }],
      renewalNotice: true,
      restricted: false,
    });
  }

  equipment(equipment: Equipment, n: number): void {
    const { person, random } = this;
    const listingId = this.id('equipment-listings', n);
    const [name, maker] = random.pick(DEVICES);
    const serialNo = `SN${random.digits(8)}`;
    const recordedAt = this.ago({ years: equipment.yearsAgo });
    this.add('equipment-listings', listingId, {
      listingNo: `EL${person.index}-${n + 1}`,
      ...this.responsible,
      responsibleName: this.name,
      device: {
        name,
        maker,
        modelNo: `${random.pick(['PX', 'UD', 'KL'])}-${random.digits(3)}`,
        serialNo,
        installedYear: String(random.between(2003, 2022)),
      },
      askingPrice: random.between(10, 600) * 10_000,
      comment: random.chance(0.2) ? '移転に伴う売却。取扱説明書あり。' : undefined,
      pickUpAt: equipment.state === 'listed' ? undefined : recordedAt,
      status: equipment.state,
    });
    if (equipment.state === 'delivered') this.sale(equipment, listingId, { name, serialNo }, recordedAt, n);
  }

  private sale(
    equipment: Equipment,
    listingId: ObjectId,
    device: { name: string; serialNo: string },
    recordedAt: Date,
    n: number,
  ): void {
    const { person, random } = this;
    const transferee = strangerFrom(random);
    this.add('device-sales', this.id('device-sales', n), {
      saleNo: `DS${person.index}-${n + 1}`,
      listingId,
      transferor: {
        facilityName: this.facilityName,
        name: this.name,
        address: addressLine(this.clinic?.address ?? person.address),
        tel: person.mobile ?? person.landline,
        email: person.email,
      },
      transferee: {
        facilityName: `${transferee.familyName.kanji}クリニック`,
        name: kanjiName(transferee),
        address: addressLine(transferee.address),
      },
      device: { ...device, quantity: 1 },
      specifiedMaintenance: equipment.specified,
      recordedAt,
      price: random.between(10, 600) * 10_000,
      restricted: false,
    });
  }

  maintenanceReport(n: number): void {
    const { person, random } = this;
    const number = `MR${person.index}-${n + 1}`;
    const [deviceName] = random.pick(DEVICES);
    this.add('maintenance-reports', this.id('maintenance-reports', n), {
      reportNo: number,
      ...this.responsible,
      requestedBy: this.name,
      engineerName: kanjiName(strangerFrom(random)),
      deviceName,
      performedAt: this.ago({ days: random.between(30, 1500) }),
      findings: random.pick(['異常なし。', '消耗部品を交換。', '画像ノイズあり、基板交換で復旧。']),
      document: {
        fileName: `${number}.pdf`,
        contentType: 'application/pdf',
        bytes: pdf([`Maintenance report ${number}`, 'Result: passed']),
      },
    });
  }

  residualData(n: number): void {
    const { person, random } = this;
    this.add('residual-data-reports', this.id('residual-data-reports', n), {
      reportNo: `RD${person.index}-${n + 1}`,
      facilityId: this.facilityId,
      deviceSerialNo: `SN${random.digits(8)}`,
      patients: [0, 1].map(() => {
        const patient = strangerFrom(random);
        return { name: kanjiName(patient), birthDate: patient.birthDate, examination: '腹部エコー' };
      }),
      foundAt: this.ago({ days: random.between(20, 700) }),
      wipedAt: this.ago({ days: random.between(1, 19) }),
    });
  }
}
