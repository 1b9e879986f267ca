# The commands people and CI use; the README explains each.
.PHONY: run test check bench scenarios clean build

# WIRES=pcsc: the card readers by way of a private pcscd, where it is installed.
run: build
	node build/sim/main.js run $(if $(WIRES),--wires $(WIRES))

# TEST=path runs only the test files whose path contains it.
test: node_modules
	rm -rf build/test
	node_modules/.bin/tsc
	timeout 1200 node build/test/run.js $(TEST)

check: node_modules
	node_modules/.bin/tsc --noEmit
	node_modules/.bin/biome check --error-on-warnings .

bench: build
	node build/test/bench/main.js

# SCENARIO=part runs only those whose file or name has that in it; OPTIONS="--slow" gives the runner's own options.
scenarios: build
	node build/sim/main.js scenario run $(if $(SCENARIO),--only '$(SCENARIO)') $(OPTIONS)

clean:
	rm -rf build

build: node_modules
	node_modules/.bin/tsc

node_modules: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch node_modules
