import { MongoClient } from 'mongodb';
const c = new MongoClient(process.argv[2]);
for (const { name } of (await c.db().admin().listDatabases()).databases) {
  for (const col of (await c.db(name).listCollections().toArray()).map((x) => x.name)) {
    const k = c.db(name).collection(col);
    const n = await k.countDocuments();
    const one = name.startsWith('store_') ? await k.findOne({}) : undefined;
    console.log(name, col, n, one ? JSON.stringify(one).slice(0, 700) : '');
  }
}
await c.close();
