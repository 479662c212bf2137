package pipedrive

import "slices"

// pipelines serves the routes of pipelines and their stages.
type pipelines struct{ *book }

// listStages answers GET /stages, in the order of their pipelines. mu must be held.
func (h pipelines) listStages(c call) (int, any) {
	pipeline, ok := c.number("pipeline_id", 0)
	if !ok {
		return badRequest("Validation failed: pipeline_id")
	}
	list := slices.Clone(h.stages)
	list = slices.DeleteFunc(list, func(x stage) bool { return pipeline != 0 && x.pipelineID != pipeline })
	return listV2(c, list, func(x stage) map[string]any {
		return map[string]any{
			"id": x.id, "order_nr": x.order, "name": x.name, "is_deleted": false, "deal_probability": x.probability, "pipeline_id": x.pipelineID,
			"is_deal_rot_enabled": false, "days_to_rotten": nil, "add_time": "2024-04-01T00:00:00Z", "update_time": nil,
		}
	})
}

// list answers GET /pipelines. mu must be held.
func (h pipelines) list(c call) (int, any) {
	return listV2(c, h.pipelines, func(x pipeline) map[string]any {
		return map[string]any{
			"id": x.id, "name": x.name, "order_nr": x.id, "is_deleted": false, "is_deal_probability_enabled": true,
			"add_time": "2024-04-01T00:00:00Z", "update_time": nil,
		}
	})
}
