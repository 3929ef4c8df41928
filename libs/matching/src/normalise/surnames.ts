// Family names that, standing alone, could be taken for a full name because of their length: three characters and more in
// kanji, five kana and more. A field that holds just one of these is a family name only. The list need not be complete:
// what is missing costs a look at most, since a full name must also agree with two strong identifiers.
const KANJI =
  '佐佐木 長谷川 小笠原 五十嵐 久保田 大久保 長谷部 日下部 宇都宮 曽我部 海老原 佐久間 小野寺 小野田 阿久津 大河原 小田切 小山田 小早川 三田村 高見沢 宇田川 二階堂 長曽我部 勅使河原 東海林 小野塚 野野村 木ノ下 木之下 山ノ内 山之内 竹ノ内 竹之内 井ノ上 井之上 堀之内 堀ノ内 池ノ上 河野辺 四十万 上野山 大和田 大和久 大須賀 大矢野 久保寺 久米田 小久保 小佐野 小宮山 小見山 小日向 小松崎 小松原 西大寺 西ノ宮 西園寺 大曽根 北大路 武者小路 伊集院 安曇野 阿佐美 八重樫 八木沢 八木橋 三ツ矢 三ツ井 四ツ谷 九十九 十文字 百目鬼 千千和 加賀谷 加賀美 加茂田 世良田 宮野原 宮之原 仲宗根 仲村渠 具志堅 喜屋武 与那嶺 与那覇 我那覇 名嘉真 渡嘉敷 屋比久 嘉手納 波照間 伊良部 多和田 上江洲 瀬良垣 東恩納 座間味 茅ケ崎 竜ケ崎 曽根原 日比野 日比谷 春日部 五反田 御手洗 道明寺 薬師寺 和久井 和久田 須賀川 瀬戸口 瀬戸山 田名部 津久井 手代木 中曽根 奈良橋 野見山 波多野 日野原 美濃部 新井田 海老沢 小此木 大江山 佐土原 多田羅 与謝野';
const KANA =
  'オガサワラ ナカソネ クサカベ ウツノミヤ テシガワラ ムシヤノコオジ サイオンジ イジユウイン チヨオソカベ ワカバヤシ オオバヤシ ナカバヤシ ヒラバヤシ ヤマノウチ タケノウチ ホリノウチ オオカワラ ヒガシヤマ コマツザキ コマツバラ トオカイリン カツラガワ タカミザワ カガミハラ ニカイドオ コハヤカワ コバヤカワ';

const lone = new Set([...KANJI.split(' '), ...KANA.split(' ')]);

/** True when the unspaced name (usual character forms, or a folded reading) is known as a family name on its own. */
export function isLoneSurname(name: string): boolean {
  return lone.has(name);
}
