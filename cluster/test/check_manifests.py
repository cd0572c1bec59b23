#!/usr/bin/env python3
"""Checks what a schema cannot know of the manifests: check_manifests.py FOLDER DIRECTORY_OF_THE_PROGRAMS."""
import glob
import re
import subprocess
import sys

import yaml

folder, programs = sys.argv[1:]
documents = {}
for path in sorted(glob.glob(folder + "/*.yaml")):
    for document in yaml.safe_load_all(open(path)):
        if document and document["kind"] != "Kustomization":
            key = document["kind"], document["metadata"]["name"]
            assert key not in documents, f"{path}: {key} stands there twice"
            documents[key] = document
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def named(kind, name):
    expect((kind, name) in documents, f"there is no {kind} {name}")
    return documents.get((kind, name), {})


def has(labels, selector):
    return all(labels.get(label) == value for label, value in selector.items())


options = {}
for program in ["stnet-node", "stnet-coord"]:
    text = subprocess.run([f"{programs}/{program}", "--help"], capture_output=True, text=True, check=True).stdout
    options[program] = set(re.findall(r"--[a-z0-9-]+", text))


def check_words(where, program, words):
    for option in re.findall(r"(?<!\S)--[a-z0-9-]+", " ".join(words)):
        expect(option in options[program], f"{where}: {program} has no {option}")


def check_workload(kind, workload):
    name = workload["metadata"]["name"]
    where = f"{kind} {name}"
    template = workload["spec"]["template"]
    labels, pod = template["metadata"]["labels"], template["spec"]
    if "selector" in workload["spec"]:
        expect(has(labels, workload["spec"]["selector"]["matchLabels"]), f"{where}: its selector misses its own pods")
    (container,) = pod["containers"]
    security = {**pod["securityContext"], **container["securityContext"]}
    for field, value in [("runAsNonRoot", True), ("readOnlyRootFilesystem", True), ("allowPrivilegeEscalation", False),
                         ("capabilities", {"drop": ["ALL"]})]:
        expect(security.get(field) == value, f"{where}: {field} is {security.get(field)}, expected {value}")
    expect(pod["terminationGracePeriodSeconds"] > 60, f"{where}: the grace period must be above the node's --grace 60")
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    environment = {variable["name"]: variable.get("value") for variable in container.get("env", [])}
    if "nvidia.com/gpu" in container["resources"]["limits"]:
        written = environment.get("CUDA_CACHE_PATH", "")
        expect(any(written.startswith(mount["mountPath"] + "/") and not mount.get("readOnly")
                   for mount in container["volumeMounts"]), f"{where}: CUDA_CACHE_PATH {written!r} cannot be written")
        expect(any(t["key"] == "nvidia.com/gpu" for t in pod.get("tolerations", [])), f"{where}: tolerates no GPU taint")
    pods = workload["spec"].get("replicas", workload["spec"].get("parallelism"))
    for volume in pod["volumes"]:
        expect(volume["name"] in mounted, f"{where}: volume {volume['name']} is mounted nowhere")
        if "configMap" in volume:
            named("ConfigMap", volume["configMap"]["name"])
        if "persistentVolumeClaim" in volume:
            claim = named("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])
            expect(pods == 1 or set(claim["spec"]["accessModes"]) <= {"ReadWriteMany", "ReadOnlyMany"},
                   f"{where}: {pods} pods mount {volume['name']}, which one host alone can mount")
        if "secret" in volume:
            expect(volume["secret"]["secretName"] == "stnet-key", f"{where}: the Secret is stnet-key")
            expect(volume["secret"]["defaultMode"] & 0o037 == 0, f"{where}: the key's mode would be refused")
    command = container["command"] + container.get("args", [])
    if command[0] in options:
        check_words(where, command[0], command[1:])
    for rule in workload["spec"].get("podFailurePolicy", {}).get("rules", []):
        if "onExitCodes" in rule:
            expect(rule["onExitCodes"]["containerName"] == container["name"], f"{where}: podFailurePolicy's container")
    for probe in ["readinessProbe", "livenessProbe", "startupProbe"]:
        if probe in container:
            words = container[probe]["exec"]["command"]
            check_words(f"{where}: {probe}", words[0], words[1:])
            expect(container[probe]["timeoutSeconds"] > 10, f"{where}: {probe} ends before stnet-node --probe does")


def addresses(config_map):
    return named("ConfigMap", config_map)["data"]["hosts.txt"].split()


workloads = [(kind, d) for (kind, _), d in documents.items() if kind in ("StatefulSet", "Job")]
expect(len(workloads) == 3, f"{len(workloads)} workloads, expected 3")
for kind, workload in workloads:
    check_workload(kind, workload)

nodes = named("StatefulSet", "stnet-node")
service = named("Service", nodes["spec"]["serviceName"])
expect(service["spec"]["clusterIP"] == "None", "the nodes' Service must be headless")
expect(has(nodes["spec"]["template"]["metadata"]["labels"], service["spec"]["selector"]), "the Service misses the nodes")
expected = [f"stnet-node-{n}.{nodes['spec']['serviceName']}" for n in range(nodes["spec"]["replicas"])]
expect(addresses("stnet-nodes") == expected, f"coordinator.yaml's hosts.txt: expected {expected}")

run = named("Job", "stnet-run")
pods = run["spec"]["template"]
service = named("Service", pods["spec"]["subdomain"])
expect(service["spec"]["clusterIP"] == "None", "the one-shot Job's Service must be headless")
expect(has(pods["metadata"]["labels"], service["spec"]["selector"]), "the Service misses the one-shot Job's pods")
expected = [f"stnet-run-{n}.{pods['spec']['subdomain']}" for n in range(run["spec"]["completions"])]
expect(run["spec"]["parallelism"] == run["spec"]["completions"], "the one-shot Job's pods must run at the same time")
expect(addresses("stnet-run") == expected, f"one-shot.yaml's hosts.txt: expected {expected}")
script = named("ConfigMap", "stnet-run")["data"]["start"]
for part in re.split(r"\n(?=node\(\)|node &)", script):
    program = "stnet-coord" if "exec stnet-coord" in part else "stnet-node"
    check_words("one-shot.yaml's start", program, re.findall(r"\S+", part))
subprocess.run(["sh", "-n"], input=script, text=True, check=True)

policy = named("NetworkPolicy", "stnet-node")["spec"]
expect(has(nodes["spec"]["template"]["metadata"]["labels"], policy["podSelector"]["matchLabels"]), "a policy misses the nodes")
allowed = policy["ingress"][0]["from"][0]["podSelector"]["matchLabels"]
coordinator = named("Job", "stnet-coordinator")["spec"]["template"]["metadata"]["labels"]
expect(has(coordinator, allowed), "the nodes' policy shuts the coordinator out")

for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
