import { createRouter, createWebHashHistory } from 'vue-router';
import type { RouteRecordRaw } from 'vue-router';

/** A section of the navigation: every route belongs to one. */
export type Section = 'home' | 'experiments' | 'tradeoff' | 'compare' | 'architecture' | 'datasets' | 'new-search' | 'jobs' | 'settings';

declare module 'vue-router' {
  interface RouteMeta {
    readonly section: Section;
    readonly title: string;
  }
}

/**
 * What a view shows stands in its address, so that every view can be linked:
 * /experiments/:id?tab=curves, /tradeoff?ids=a,b, /compare?refs=…, /architecture?ref=<experiment>:t<number>, /datasets/:name?tab=…
 */
const routes: readonly RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./views/home/HomeView.vue'), meta: { section: 'home', title: 'Home' } },
  {
    path: '/experiments',
    name: 'experiments',
    component: () => import('./views/experiments/ExperimentsView.vue'),
    meta: { section: 'experiments', title: 'Experiments' },
  },
  {
    path: '/experiments/:id',
    name: 'monitor',
    component: () => import('./views/monitor/MonitorView.vue'),
    props: true,
    meta: { section: 'experiments', title: 'Run monitor' },
  },
  {
    path: '/tradeoff',
    name: 'tradeoff',
    component: () => import('./views/tradeoff/TradeoffView.vue'),
    meta: { section: 'tradeoff', title: 'Trade-off' },
  },
  {
    path: '/compare',
    name: 'compare',
    component: () => import('./views/compare/CompareView.vue'),
    meta: { section: 'compare', title: 'Compare' },
  },
  {
    path: '/architecture',
    name: 'architecture',
    component: () => import('./views/architecture/ArchitectureView.vue'),
    meta: { section: 'architecture', title: 'Architecture' },
  },
  {
    path: '/datasets',
    name: 'datasets',
    component: () => import('./views/datasets/DatasetsView.vue'),
    meta: { section: 'datasets', title: 'Data sets' },
  },
  {
    path: '/datasets/:name',
    name: 'dataset',
    component: () => import('./views/datasets/DatasetView.vue'),
    props: true,
    meta: { section: 'datasets', title: 'Data set' },
  },
  {
    path: '/new-search',
    name: 'new-search',
    component: () => import('./views/new-search/NewSearchView.vue'),
    meta: { section: 'new-search', title: 'New search' },
  },
  { path: '/jobs', name: 'jobs', component: () => import('./views/jobs/JobsView.vue'), meta: { section: 'jobs', title: 'Jobs & devices' } },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./views/settings/SettingsView.vue'),
    meta: { section: 'settings', title: 'Settings' },
  },
  { path: '/:rest(.*)*', redirect: '/' },
];

export const router = createRouter({ history: createWebHashHistory(), routes: [...routes] });
/** A part of the interface is not there any more: the lab serves a newer one. Reloading shows the same view in it. */
router.onError((error: unknown, to) => {
  const isGone = error instanceof Error && /dynamically imported module|preload CSS|module script/i.test(error.message);
  if (!isGone) return;
  window.location.hash = to.fullPath;
  window.location.reload();
});
router.afterEach(({ meta }) => {
  document.title = `${meta.title} · Paretoscope`;
});

/** The router does not hear of an address that changes while its first view is still loaded. */
void router.isReady().then(() => {
  const wanted = window.location.hash.slice(1);
  if (wanted !== '' && wanted !== router.currentRoute.value.fullPath) void router.replace(wanted);
});
