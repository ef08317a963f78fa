{{/* Labels that the chart adds to every object. */}}
{{- define "metronome.labels" -}}
app.kubernetes.io/name: metronome
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* The image of a step. */}}
{{- define "metronome.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end }}metronome-{{ .step -}}
{{- with index $image.digests .step }}@{{ . }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* The folder of a file ledger. */}}
{{- define "metronome.ledgerFolder" -}}
{{- regexReplaceAll "^file:(//(localhost)?)?" .Values.ledger.url "" -}}
{{- end }}

{{/*
A manifest of workflows/ with the installation's labels. The context is a dict of root and file; so is that of the others below.
*/}}
{{- define "metronome.manifest" -}}
{{- $object := .root.Files.Get (printf "workflows/%s.yaml" .file) | fromYaml -}}
{{- with $object.Error }}{{ fail (printf "workflows/%s.yaml: %s" $.file .) }}{{ end -}}
{{- $_ := set $object.metadata "labels" (merge $object.metadata.labels (include "metronome.labels" .root | fromYaml)) -}}
{{- toYaml $object -}}
{{- end }}

{{/* A WorkflowTemplate of workflows/ with the installation's settings. */}}
{{- define "metronome.workflowTemplate" -}}
{{- $values := .root.Values -}}
{{- $object := include "metronome.manifest" . | fromYaml -}}
{{- $spec := $object.spec -}}
{{- with $values.image.pullSecrets }}
{{- $list := list }}{{ range . }}{{ $list = append $list (dict "name" .) }}{{ end }}
{{- $_ := set $spec "imagePullSecrets" $list }}
{{- end }}
{{- with $values.nodeSelector }}{{ $_ := set $spec "nodeSelector" . }}{{ end }}
{{- with $values.tolerations }}{{ $_ := set $spec "tolerations" . }}{{ end }}
{{- if eq .file "replicate-period" }}
{{- $_ := set $spec.ttlStrategy "secondsAfterSuccess" $values.keep.runs }}
{{- range $spec.arguments.parameters }}
{{- if eq .name "timezone" }}{{ $_ := set . "value" $values.schedule.timezone }}{{ end }}
{{- end }}
{{- end }}
{{- $_ := set $spec.ttlStrategy "secondsAfterFailure" $values.keep.failedRuns }}
{{- range $spec.templates }}
{{- if .container }}{{ include "metronome.step" (dict "root" $.root "template" .) }}{{ end }}
{{- end }}
{{- toYaml $object -}}
{{- end }}

{{/* Sets what the installation changes of one step, in place: image, resources, environment, secrets and volumes. */}}
{{- define "metronome.step" -}}
{{- $values := .root.Values -}}
{{- $template := .template -}}
{{- $container := $template.container -}}
{{- $_ := set $container "image" (include "metronome.image" (dict "root" .root "step" $template.name)) -}}
{{- $_ := set $container "imagePullPolicy" $values.image.pullPolicy -}}
{{- with index $values.resources $template.name }}{{ $_ := set $container "resources" . }}{{ end -}}
{{- $_ := set $container "env" (concat $container.env $values.env) -}}
{{- range $container.envFrom }}{{ $_ := set .secretRef "name" $values.ledger.secretName }}{{ end -}}
{{- range $template.volumes -}}
{{- if .secret }}
{{- $_ := set .secret "secretName" (replace "metronome-rclone-" $values.rclone.secretPrefix .secret.secretName) }}
{{- end -}}
{{- end -}}
{{- with $values.ledger.volumeClaim -}}
{{- $volume := dict "name" "ledger" "persistentVolumeClaim" (dict "claimName" .) -}}
{{- $mount := dict "name" "ledger" "mountPath" (include "metronome.ledgerFolder" $.root) -}}
{{- $_ := set $template "volumes" (append $template.volumes $volume) -}}
{{- $_ := set $container "volumeMounts" (append $container.volumeMounts $mount) -}}
{{- end -}}
{{- end }}
