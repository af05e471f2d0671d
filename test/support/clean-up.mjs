import { rm } from 'node:fs/promises';
import { afterAll, beforeAll } from '@jest/globals';
import mysql from 'mysql2/promise';

const url = process.env.DATABASE_URL;

if (url?.startsWith('mysql:')) {
  const name = new URL(url).pathname.slice(1);
  const run = async (sql) => {
    const connection = await mysql.createConnection(url.slice(0, -name.length));
    await connection.query(sql);
    await connection.end();
  };
  beforeAll(() => run(`CREATE DATABASE ${name}`));
  afterAll(() => run(`DROP DATABASE ${name}`));
}

afterAll(() => rm(process.env.DATA_DIR, { recursive: true, force: true }));
