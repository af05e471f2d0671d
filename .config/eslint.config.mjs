import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const SHARED = [
  'config',
  'database',
  'errors',
  'events',
  'hal',
  'http',
  'idempotency',
  'jobs',
  'pagination',
  'resource',
  'storage',
  'uploads',
];
const FEATURES = [
  'application-jobs',
  'applications',
  'auth',
  'channels',
  'exports',
  'files',
  'grants',
  'history',
  'imports',
  'limits',
  'messages',
  'notifications',
  'operations',
  'previews',
  'realtime',
  'reactions',
  'receipts',
  'reports',
  'search',
  'secrets',
  'sessions',
  'signals',
  'threads',
  'user-blocks',
  'users',
  'webhooks',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'data/', 'openapi/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: new URL('..', import.meta.url).pathname },
    },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        {
          interfaceVersion: 3,
          name: 'source-of-js',
          // Imports name the built file; the source stands beside it.
          resolve: (name, from) =>
            name.startsWith('.')
              ? { found: true, path: new URL(name.replace(/\.js$/, '.ts'), `file://${from}`).pathname }
              : { found: true, path: null },
        },
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Handlers and interfaces of libraries are async though a given one need not wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
    },
  },
  {
    // What features share knows none of them. The one list of entities is the exception by its nature.
    files: SHARED.map((folder) => `src/${folder}/**/*.ts`),
    ignores: ['src/database/entities.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: FEATURES.map((folder) => `**/${folder}/**`), message: 'Shared code knows no feature.' }],
        },
      ],
    },
  },
  {
    // Nest's own hand over what was sent, unchecked.
    files: ['src/**/*.ts'],
    ignores: ['src/resource/input.decorators.ts', ...SHARED.map((folder) => `src/${folder}/**/*.ts`)],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nestjs/common',
              importNames: ['Body', 'Query'],
              message: 'Take them from resource/input.decorators.js, which check the input.',
            },
          ],
        },
      ],
    },
  },
  {
    // Tests look into answers of every shape.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        URLSearchParams: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
);
