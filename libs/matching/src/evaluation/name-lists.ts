// Frequent Japanese names for generated pairs: usual writing, reading, then other writings of the same reading that are
// borne as other names. The odd ones are used for tuning, the even ones are held out.
const SURNAMES = `
佐藤 サトウ|鈴木 スズキ|高橋 タカハシ|田中 タナカ|伊藤 イトウ 伊東|渡辺 ワタナベ 渡部|山本 ヤマモト|中村 ナカムラ|小林 コバヤシ|加藤 カトウ|吉田 ヨシダ|山田 ヤマダ|佐々木 ササキ|山口 ヤマグチ|
松本 マツモト|井上 イノウエ|木村 キムラ|林 ハヤシ|斎藤 サイトウ 斉藤|清水 シミズ|山崎 ヤマザキ|森 モリ|池田 イケダ|橋本 ハシモト|阿部 アベ 安部|石川 イシカワ|山下 ヤマシタ|中島 ナカジマ|石井 イシイ|小川 オガワ|
前田 マエダ|岡田 オカダ|長谷川 ハセガワ|藤田 フジタ|後藤 ゴトウ|近藤 コンドウ|村上 ムラカミ|遠藤 エンドウ|青木 アオキ|坂本 サカモト 阪本|斉藤 サイトウ 斎藤|福田 フクダ|太田 オオタ|西村 ニシムラ|藤井 フジイ|
金子 カネコ|岡本 オカモト|藤原 フジワラ|中野 ナカノ|三浦 ミウラ|原田 ハラダ|中川 ナカガワ|松田 マツダ|竹内 タケウチ 武内|小野 オノ|田村 タムラ|中山 ナカヤマ|和田 ワダ|石田 イシダ|森田 モリタ|上田 ウエダ|
原 ハラ|柴田 シバタ|酒井 サカイ|工藤 クドウ|横山 ヨコヤマ|宮崎 ミヤザキ|宮本 ミヤモト|内田 ウチダ|高木 タカギ|安藤 アンドウ|谷口 タニグチ|大野 オオノ|丸山 マルヤマ|今井 イマイ|高田 タカダ|藤本 フジモト|
武田 タケダ 竹田|村田 ムラタ|上野 ウエノ|杉山 スギヤマ|増田 マスダ|平野 ヒラノ|大塚 オオツカ|千葉 チバ|久保 クボ|松井 マツイ|小島 コジマ|岩崎 イワサキ|桜井 サクライ|野口 ノグチ|松尾 マツオ|
浜田 ハマダ|広瀬 ヒロセ|沢田 サワダ|関 セキ|辺見 ヘンミ|国分 コクブ|黒沢 クロサワ|島田 シマダ|真田 サナダ|吉沢 ヨシザワ|五十嵐 イガラシ|小笠原 オガサワラ|槇原 マキハラ|竜崎 リュウザキ|大曽根 オオソネ|条辺 ジョウベ`;
const MEN = `
太郎 タロウ 太朗|健一 ケンイチ 賢一|翔太 ショウタ 祥太|大輔 ダイスケ 大介|誠 マコト 真|浩 ヒロシ 博|隆 タカシ 孝|直樹 ナオキ 直紀|学 マナブ|和也 カズヤ 一也|達也 タツヤ 竜也|拓海 タクミ 匠|健太 ケンタ|亮 リョウ 涼|
雄一 ユウイチ 裕一|修 オサム|正 タダシ 忠|清 キヨシ|進 ススム|裕之 ヒロユキ 弘之|信夫 ノブオ|哲也 テツヤ 徹也|洋平 ヨウヘイ 陽平|蓮 レン|悠斗 ユウト 優斗|颯太 ソウタ|剛 ツヨシ 強|実 ミノル 稔|
茂 シゲル|昭夫 アキオ|幸一 コウイチ 孝一|英明 ヒデアキ|康弘 ヤスヒロ|義男 ヨシオ|真一 シンイチ 慎一|純一 ジュンイチ|勝 マサル|豊 ユタカ|聡 サトシ 智|恵介 ケイスケ|秀樹 ヒデキ|俊介 シュンスケ 駿介|
桜太 オウタ|寿夫 ヒサオ|広志 ヒロシ|栄治 エイジ|国男 クニオ|竜一 リュウイチ`;
const WOMEN = `
花子 ハナコ|美咲 ミサキ|陽子 ヨウコ 洋子|恵子 ケイコ 啓子|由美 ユミ 裕美|裕子 ユウコ 優子|幸子 サチコ|和子 カズコ|久美子 クミコ|直美 ナオミ|智子 トモコ 知子|真由美 マユミ|明美 アケミ|愛 アイ|彩 アヤ 綾|
結衣 ユイ 唯|葵 アオイ|さくら サクラ|美穂 ミホ|香織 カオリ 薫|京子 キョウコ 恭子|節子 セツコ|千鶴 チヅル|静香 シズカ|恵美 エミ 絵美|麻衣 マイ 舞|桃子 モモコ|桜 サクラ|弥生 ヤヨイ|寿子 ヒサコ|
栄子 エイコ 英子|良子 リョウコ 涼子|純子 ジュンコ 順子|春香 ハルカ 遥|友紀 ユキ 由紀|まゆみ マユミ|ひかり ヒカリ|美智子 ミチコ|礼子 レイコ 玲子|真理 マリ 麻里|奈々 ナナ|千代 チヨ|富子 トミコ|豊子 トヨコ`;

export interface ListedName {
  readonly writing: string;
  readonly reading: string;
  /** Another name of the same reading, where one is frequent. */
  readonly homophone: string | null;
}

function parse(list: string): ListedName[] {
  return list
    .replaceAll('\n', '')
    .split('|')
    .map((entry) => {
      const [writing, reading, homophone] = entry.trim().split(' ');
      return { writing: writing!, reading: reading!, homophone: homophone ?? null };
    });
}

export interface NameLists {
  readonly surnames: readonly ListedName[];
  readonly men: readonly ListedName[];
  readonly women: readonly ListedName[];
}

/** The names for tuning, those held out, or all. */
export function nameLists(part: 'tuning' | 'held-out' | 'all'): NameLists {
  const keep = (list: string) =>
    parse(list).filter((_, index) => part === 'all' || (index % 2 === 1) === (part === 'tuning'));
  return { surnames: keep(SURNAMES), men: keep(MEN), women: keep(WOMEN) };
}

/** Old and popular forms of the characters above, for the variant pairs. */
export const OLD_FORMS: Readonly<Record<string, readonly string[]>> = {
  斎: ['齋'],
  斉: ['齊'],
  高: ['髙'],
  崎: ['﨑', '嵜'],
  辺: ['邊', '邉'],
  吉: ['𠮷'],
  浜: ['濱', '濵'],
  広: ['廣'],
  沢: ['澤'],
  国: ['國'],
  桜: ['櫻'],
  島: ['嶋', '嶌'],
  真: ['眞'],
  関: ['關'],
  恵: ['惠'],
  寿: ['壽'],
  栄: ['榮'],
  竜: ['龍'],
  条: ['條'],
  黒: ['黑'],
  槇: ['槙'],
  弥: ['彌'],
  礼: ['禮'],
  瀬: ['瀨'],
  橋: ['槗'],
  徳: ['德'],
  増: ['增'],
  学: ['學'],
  豊: ['豐'],
  実: ['實'],
  富: ['冨'],
  静: ['靜'],
  曽: ['曾'],
  塚: ['塚'],
};
