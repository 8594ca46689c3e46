// Keeps folders from one build for the next, and says loudly when a page is published in which something is old.
// Whatever goes wrong here costs time and never the page: each folder is whole or gone.

const { readFile, rm } = require('node:fs/promises')

async function onPreBuild({ constants, inputs: { folders }, utils: { cache } }) {
  if (constants.IS_LOCAL) return // on one's own machine they stay where they are
  for (const folder of folders) {
    try {
      await cache.restore(folder, { move: true }) // a copy would take as long as a new environment
    } catch (error) {
      console.log(`${folder} is not restored: ${error.message}`)
      await rm(folder, { recursive: true, force: true })
    }
  }
}

// At the end of a failed build too: what it found is still good, and was moved here.
async function onEnd({ constants, inputs: { folders }, utils: { cache } }) {
  if (constants.IS_LOCAL) return
  for (const folder of folders) {
    try {
      await cache.save(folder, { move: folder !== constants.PUBLISH_DIR }) // that may still be read
    } catch (error) {
      console.log(`${folder} is not kept: ${error.message}`)
      await cache.remove(folder).catch(() => {}) // what is left, the next build checks
    }
  }
}

// Once it is online: a build that failed before would have kept up a page that is older still.
async function onSuccess({ constants, utils: { build } }) {
  const told = await readFile(`${constants.PUBLISH_DIR}/status.json`, 'utf8').catch(() => '{}')
  const { page = {} } = JSON.parse(told)
  if (page.outdated || page.incomplete) {
    build.failPlugin('A file of content/ could not be read. The page says so: mend the file and push again.')
  }
}

module.exports = { onPreBuild, onSuccess, onEnd }
