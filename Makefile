# The commands people and CI use; docs/testing.md and CONTRIBUTING.md explain them.
.PHONY: run test check bench scenarios licences deb clean build

# WIRES=pcsc: the card readers by way of a private pcscd, where it is installed. SPEED=30: the clocks go 30 times as fast.
run: build
	node build/sim/main.js run $(if $(WIRES),--wires $(WIRES)) $(if $(GTFS),--gtfs $(GTFS)) $(if $(SPEED),--speed $(SPEED))

# TEST='path …' runs only the test files whose path contains one of these.
test: node_modules
	rm -rf build/test
	node_modules/.bin/tsc
	timeout 3600 node build/test/run.js $(TEST)

check: node_modules
	node_modules/.bin/tsc --noEmit
	node_modules/.bin/biome check --error-on-warnings .

bench: build
	node build/test/bench/main.js

# SCENARIO=part runs only those whose file or name has that in it; OPTIONS="--slow" gives the runner's own options.
scenarios: build
	node build/sim/main.js scenario run $(if $(SCENARIO),--only '$(SCENARIO)') $(OPTIONS)

# build/sbom.cdx.json (CycloneDX) and build/licences.txt; fails on a licence that is not allowed.
licences: build
	npm sbom --package-lock-only --sbom-format cyclonedx > build/sbom.cdx.json
	node build/test/licences.js

# build/fare-validator_VERSION_ARCH.deb, with the Node that runs here; needs dpkg-dev. COMPRESSION=none is quick.
deb: build
	node build/device/install/deb.js $(if $(COMPRESSION),--compression $(COMPRESSION))

clean:
	rm -rf build

build: node_modules
	node_modules/.bin/tsc

# Native packages are built from source, but serialport's (docs/decisions/023-…). Node's own headers, where they came with it, spare node-gyp a download.
node_modules: package.json package-lock.json
	prefix=$$(node -p 'path.resolve(process.execPath, "../..")'); \
	  [ -n "$$npm_config_nodedir" ] || [ ! -e "$$prefix/include/node/node.h" ] || export npm_config_nodedir="$$prefix"; \
	  npm ci --no-audit --no-fund
	touch node_modules
